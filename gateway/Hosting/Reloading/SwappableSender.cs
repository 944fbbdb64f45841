using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>Sends by what is in force when an attempt begins.</summary>
internal sealed class SwappableSender(Swappable<IBatchSender> sender) : IBatchSender
{
    public async Task<SendOutcome> SendAsync(RouteTarget target, OtlpSignal signal, SealedBatch batch, CancellationToken cancellationToken)
    {
        var generation = sender.Enter();
        try
        {
            return await generation.Value.SendAsync(target, signal, batch, cancellationToken);
        }
        finally
        {
            generation.Leave();
        }
    }
}
