using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// Where a receiver hands a request over. One pipeline stands behind one receiver; it slices the request, routes its
/// resources and queues them for their projects.
/// </summary>
internal interface IIngestPipeline
{
    /// <summary>
    /// True when a pipeline of this signal is configured behind the receiver. Otherwise the receiver answers as for an unknown
    /// service: <c>UNIMPLEMENTED</c> over gRPC, 404 over HTTP.
    /// </summary>
    bool Handles(OtlpSignal signal);

    /// <summary>
    /// What every request of this signal is answered at present, whatever is in it, so that its body need not be read: not
    /// ready, or on the way out. Null while requests are taken.
    /// </summary>
    IngestOutcome? Refusal(OtlpSignal signal);

    /// <summary>
    /// Takes one Export request, in protobuf and decompressed. The pipeline owns <paramref name="request"/> from here on,
    /// whatever the outcome. Waits for nothing but for what was taken to be as durable as the queue promises: with the memory
    /// queue the task is complete on return. Never throws for a cancellation: what was taken stays taken.
    /// </summary>
    /// <param name="signal">The signal.</param>
    /// <param name="request">The body.</param>
    /// <param name="cancellationToken">The client went away: the outcome is of no use to it any more.</param>
    ValueTask<IngestOutcome> IngestAsync(OtlpSignal signal, BufferLease request, CancellationToken cancellationToken);
}
