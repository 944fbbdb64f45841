using SentryOtel.Gateway.Queueing;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Sending;

/// <summary>Makes one attempt to send. Failures are values; only the caller's cancellation throws.</summary>
internal interface IBatchSender
{
    Task<SendOutcome> SendAsync(RouteTarget target, OtlpSignal signal, SealedBatch batch, CancellationToken cancellationToken);
}
