using System.Collections.Concurrent;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>The far side of the receiver: keeps what it is handed, answers what the test says.</summary>
internal sealed class RecordingPipeline : IIngestPipeline
{
    public ConcurrentQueue<(OtlpSignal Signal, byte[] Request)> Requests { get; } = new();

    public IngestOutcome Outcome { get; set; } = IngestOutcome.Accepted;

    public IngestOutcome? RefusalNow { get; set; }

    public HashSet<OtlpSignal> Handled { get; } = [OtlpSignal.Traces, OtlpSignal.Logs];

    /// <summary>What goes wrong with a request.</summary>
    public Exception? Fault { get; set; }

    public bool Handles(OtlpSignal signal) => Handled.Contains(signal);

    public IngestOutcome? Refusal(OtlpSignal signal) => RefusalNow;

    public ValueTask<IngestOutcome> IngestAsync(OtlpSignal signal, BufferLease request, CancellationToken cancellationToken)
    {
        using (request)
        {
            Requests.Enqueue((signal, request.Memory.ToArray()));
        }

        return Fault is { } fault ? throw fault : new ValueTask<IngestOutcome>(Outcome);
    }
}
