using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Ingest;

/// <summary>
/// Which exporters stand behind a receiver, by signal: as one configuration has it. A reload makes a new graph; requests that entered the old one finish there, and
/// <see cref="RetireAsync"/> says when the last of them has left.
/// </summary>
/// <param name="groups">The exporters: each group gets everything, and each resource goes to one exporter of a group.</param>
/// <param name="checksRecords">Whether records that Sentry would lose are kept out.</param>
internal sealed class PipelineGraph(IReadOnlyDictionary<OtlpSignal, IReadOnlyList<ExporterGroup>> groups, bool checksRecords = true)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // One for being in force, one for each request inside.
    private int _holders = 1;

    /// <summary>Exporters that each get everything.</summary>
    public PipelineGraph(IReadOnlyDictionary<OtlpSignal, IReadOnlyList<ExporterPipeline>> exporters, bool checksRecords = true)
        : this(exporters.ToDictionary(static pair => pair.Key, static pair => (IReadOnlyList<ExporterGroup>)[.. pair.Value.Select(static exporter => new ExporterGroup(exporter))]), checksRecords)
    {
    }

    /// <summary>A graph that leads nowhere.</summary>
    public static PipelineGraph Empty => new(new Dictionary<OtlpSignal, IReadOnlyList<ExporterGroup>>());

    public IReadOnlyDictionary<OtlpSignal, IReadOnlyList<ExporterGroup>> Groups { get; } = groups;

    public bool ChecksRecords { get; } = checksRecords;

    /// <summary>Enters a request; false when the graph is retired and empty, and another is in force by then.</summary>
    public bool TryEnter()
    {
        while (true)
        {
            var holders = Volatile.Read(ref _holders);
            if (holders == 0)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _holders, holders + 1, holders) == holders)
            {
                return true;
            }
        }
    }

    /// <summary>A request that entered is answered.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            _left.SetResult();
        }
    }

    /// <summary>Called once, after another graph was put in force. Completes when no request is inside any more.</summary>
    public Task RetireAsync()
    {
        Leave();
        return _left.Task;
    }
}
