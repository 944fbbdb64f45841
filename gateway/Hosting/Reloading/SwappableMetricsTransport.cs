using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>Passes metrics on by what is in force when an attempt begins.</summary>
internal sealed class SwappableMetricsTransport(Swappable<IMetricsTransport> transport) : IMetricsTransport
{
    public async Task<ForwardOutcome> SendAsync(ChunkedBody body, bool isGzip, CancellationToken cancellationToken)
    {
        var generation = transport.Enter();
        try
        {
            return await generation.Value.SendAsync(body, isGzip, cancellationToken);
        }
        finally
        {
            generation.Leave();
        }
    }
}
