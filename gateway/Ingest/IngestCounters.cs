using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Ingest;

/// <summary>Requests by signal and outcome.</summary>
internal sealed class IngestCounters
{
    private static readonly int Kinds = Enum.GetValues<IngestOutcomeKind>().Length;
    private readonly long[] _requests = new long[Enum.GetValues<OtlpSignal>().Length * Kinds];

    public void Count(OtlpSignal signal, IngestOutcomeKind kind) => Interlocked.Increment(ref _requests[((int)signal * Kinds) + (int)kind]);

    public long Read(OtlpSignal signal, IngestOutcomeKind kind) => Interlocked.Read(ref _requests[((int)signal * Kinds) + (int)kind]);
}
