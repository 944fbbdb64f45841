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
    /// whatever the outcome. Does no I/O and does not wait for any.
    /// </summary>
    IngestOutcome Ingest(OtlpSignal signal, BufferLease request);
}
