using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Kubernetes.Health;

namespace SentryOtel.Gateway.Hosting.Running;

/// <summary>The small servers beside the receivers: health, metrics. One that moves to another address is opened there before it is closed here.</summary>
internal sealed class ProbeServers(ILoggerFactory loggerFactory) : IAsyncDisposable
{
    private readonly Dictionary<string, (ListenEndpoint Endpoint, HealthServer Server)> _open = new(StringComparer.Ordinal);

    /// <summary>Where one is reached; null while it is not served.</summary>
    public Uri? AddressOf(string name) => _open.TryGetValue(name, out var open) ? open.Server.Address : null;

    /// <summary>Opens one at a new address. It answers there at once; null when there is nothing to open.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public async Task<HealthServer?> OpenAsync(string name, ListenEndpoint? endpoint, Action<IEndpointRouteBuilder> map, CancellationToken cancellationToken)
    {
        if (endpoint is null || (_open.TryGetValue(name, out var open) && open.Endpoint == endpoint))
        {
            return null;
        }

        var server = new HealthServer(name, endpoint.ToIPEndPoint(), map, loggerFactory);
        try
        {
            await server.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Puts what <see cref="OpenAsync"/> gave in force, and closes what it replaces or what is not served any more.</summary>
    public async Task CommitAsync(string name, ListenEndpoint? endpoint, HealthServer? opened)
    {
        if (opened is null && endpoint is not null)
        {
            return;
        }

        if (_open.Remove(name, out var before))
        {
            await before.Server.DisposeAsync();
        }

        if (opened is not null)
        {
            _open[name] = (endpoint!, opened);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, server) in _open.Values)
        {
            await server.DisposeAsync();
        }
    }
}
