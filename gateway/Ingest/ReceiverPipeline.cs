using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Checking;

namespace SentryOtel.Gateway.Ingest;

/// <summary>What stands behind one receiver: for each signal, the exporters of its pipelines.</summary>
internal sealed class ReceiverPipeline(PipelineGraph graph, IngestCounters counters) : IIngestPipeline
{
    private static readonly TimeSpan ShortestRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan NotReadyRetry = TimeSpan.FromSeconds(5);

    private volatile PipelineGraph _graph = graph;
    private volatile bool _stopped;

    /// <summary>Metrics are always read: without a destination they are rejected with their number.</summary>
    public bool Handles(OtlpSignal signal) => signal == OtlpSignal.Metrics || _graph.Groups.ContainsKey(signal);

    /// <summary>Refuses everything from now on: the gateway is on its way out.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Puts another graph in force; completes when no request is inside the one before.</summary>
    public Task SwapAsync(PipelineGraph graph) => Interlocked.Exchange(ref _graph, graph).RetireAsync();

    public ValueTask<IngestOutcome> IngestAsync(OtlpSignal signal, BufferLease request, CancellationToken cancellationToken)
    {
        var graph = Enter();
        Task<IngestOutcome>? storing = null;
        try
        {
            var outcome = Take(graph, signal, request, out storing);
            if (storing is null)
            {
                counters.Count(signal, outcome.Kind);
                return new ValueTask<IngestOutcome>(outcome);
            }
        }
        finally
        {
            if (storing is null)
            {
                graph.Leave();
                request.Dispose();
            }
        }

        return new ValueTask<IngestOutcome>(EndAsync(graph, signal, request, storing));
    }

    public IngestOutcome? Refusal(OtlpSignal signal) => Refusal(_graph, signal);

    private async Task<IngestOutcome> EndAsync(PipelineGraph graph, OtlpSignal signal, BufferLease request, Task<IngestOutcome> storing)
    {
        try
        {
            var outcome = await storing.ConfigureAwait(false);
            counters.Count(signal, outcome.Kind);
            return outcome;
        }
        finally
        {
            graph.Leave();
            request.Dispose();
        }
    }

    private PipelineGraph Enter()
    {
        PipelineGraph graph;
        do
        {
            graph = _graph;
        }
        while (!graph.TryEnter());
        return graph;
    }

    private IngestOutcome? Refusal(PipelineGraph graph, OtlpSignal signal)
    {
        if (_stopped)
        {
            return IngestOutcome.Unavailable(NotReadyRetry, "the gateway is shutting down");
        }

        foreach (var group in graph.Groups.GetValueOrDefault(signal, []))
        {
            if (group.NotReady is { } reason)
            {
                return IngestOutcome.Unavailable(NotReadyRetry, reason);
            }
        }

        return null;
    }

    // The outcome; or, when a queue is on disk, what will tell it.
    private IngestOutcome Take(PipelineGraph graph, OtlpSignal signal, BufferLease request, out Task<IngestOutcome>? storing)
    {
        storing = null;
        if (Refusal(graph, signal) is { } refusal)
        {
            return refusal;
        }

        if (signal == OtlpSignal.Metrics)
        {
            return MetricsIntake.Take(
                [.. graph.Groups.GetValueOrDefault(signal, []).SelectMany(group => group.Exporters).Select(exporter => exporter.Metrics).OfType<MetricsForwarder>()], request, counters, Clamp);
        }

        if (!graph.Groups.TryGetValue(signal, out var targets))
        {
            return IngestOutcome.Invalid($"no pipeline for {signal} is configured");
        }

        var body = request.Memory;
        var check = graph.ChecksRecords ? RecordGate.Pass(signal, ref body) : default;
        if (check.Error.IsError)
        {
            return IngestOutcome.Invalid(check.Error.ToString());
        }

        var plans = new List<IngestPlan>(targets.Count);
        foreach (var group in targets)
        {
            var plan = group.Plan(signal, body);
            if (plan.Error.IsError)
            {
                return IngestOutcome.Invalid(plan.Error.ToString());
            }

            plans.Add(plan);
        }

        if (plans.Find(plan => plan.Deferred is not null) is { } early)
        {
            plans.ForEach(plan => plan.Refuse());
            return IngestOutcome.Unavailable(NotReadyRetry, early.Deferred!);
        }

        if (plans.Find(plan => plan.IsFull) is { } full)
        {
            plans.ForEach(plan => plan.Refuse());
            return IngestOutcome.Full(Clamp(full.HeldFor), "the queue is full");
        }

        if (plans.Exists(plan => plan.IsDurable))
        {
            storing = StoreAsync(plans, targets, signal, request, check);
            return default;
        }

        return Commit(plans, targets, signal, request, check);
    }

    // What is durable comes first: when it fails, the client comes back, and nothing was taken that it would bring twice.
    private static async Task<IngestOutcome> StoreAsync(
        List<IngestPlan> plans, IReadOnlyList<ExporterGroup> targets, OtlpSignal signal, BufferLease request, RecordCheckResult check)
    {
        var worst = AppendResult.Committed;
        foreach (var storing in plans.SelectMany(plan => plan.Store(request)).ToArray())
        {
            var result = await storing.ConfigureAwait(false);
            worst = result > worst ? result : worst;
        }

        if (worst == AppendResult.Committed)
        {
            return Commit(plans, targets, signal, request, check);
        }

        plans.ForEach(plan => plan.Refuse());
        return worst == AppendResult.Full
            ? IngestOutcome.Full(NotReadyRetry, "the disk of the queue is full")
            : IngestOutcome.Unavailable(NotReadyRetry, "the disk of the queue failed");
    }

    private static IngestOutcome Commit(List<IngestPlan> plans, IReadOnlyList<ExporterGroup> targets, OtlpSignal signal, BufferLease request, RecordCheckResult check)
    {
        plans.ForEach(plan => plan.Commit(request));
        if (plans.TrueForAll(plan => !plan.TookAny) && plans.Find(plan => plan.LackedRoom) is { } late)
        {
            // Requests that came at the same time took the room: nothing of this one was taken, so its client may come back with all of it.
            plans.ForEach(plan => plan.Refuse());
            return IngestOutcome.Full(Clamp(late.HeldFor), "the queue is full");
        }

        plans.ForEach(plan => plan.BookRejected());
        var rejected = plans.Select(plan => plan.Rejected).MaxBy(entry => entry.Items);
        if (check.Refused > 0)
        {
            targets.ToList().ForEach(group => RecordGate.Reject(group.First, signal, check));
            return IngestOutcome.Partial(rejected.Items + check.Refused, RecordGate.Explain(signal, check, rejected.Message));
        }

        return rejected.Items == 0 ? IngestOutcome.Accepted : IngestOutcome.Partial(rejected.Items, rejected.Message);
    }

    private static TimeSpan Clamp(TimeSpan held) => held < ShortestRetry ? ShortestRetry : held > LongestRetry ? LongestRetry : held;
}
