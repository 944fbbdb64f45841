using System.Collections.Concurrent;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Ingest;

/// <summary>Requests by signal and outcome, and the metrics that no exporter took.</summary>
internal sealed class IngestCounters
{
    private static readonly int Kinds = Enum.GetValues<IngestOutcomeKind>().Length;
    private readonly long[] _requests = new long[Enum.GetValues<OtlpSignal>().Length * Kinds];
    private readonly ConcurrentDictionary<RejectReason, Tally> _rejectedMetrics = new();
    private readonly ConcurrentDictionary<RejectReason, Tally> _refusedMetrics = new();

    /// <summary>Data points that clients were told not to send again.</summary>
    public IEnumerable<KeyValuePair<RejectReason, Tally>> RejectedMetrics => _rejectedMetrics;

    /// <summary>Data points that clients were told to come back with.</summary>
    public IEnumerable<KeyValuePair<RejectReason, Tally>> RefusedMetrics => _refusedMetrics;

    public void Count(OtlpSignal signal, IngestOutcomeKind kind) => Interlocked.Increment(ref _requests[((int)signal * Kinds) + (int)kind]);

    public long Read(OtlpSignal signal, IngestOutcomeKind kind) => Interlocked.Read(ref _requests[((int)signal * Kinds) + (int)kind]);

    public void RejectMetrics(RejectReason reason, long items, long bytes) => Add(_rejectedMetrics, reason, items, bytes);

    public void RefuseMetrics(long items, long bytes) => Add(_refusedMetrics, RejectReason.QueueFull, items, bytes);

    private static void Add(ConcurrentDictionary<RejectReason, Tally> sums, RejectReason reason, long items, long bytes) =>
        sums.AddOrUpdate(reason, new Tally(items, bytes), (_, sum) => new Tally(sum.Items + items, sum.Bytes + bytes));
}
