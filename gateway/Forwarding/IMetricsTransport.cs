using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>Makes one attempt to pass an Export request on. Failures are values; only the caller's cancellation throws.</summary>
internal interface IMetricsTransport
{
    Task<ForwardOutcome> SendAsync(ChunkedBody body, bool isGzip, CancellationToken cancellationToken);
}
