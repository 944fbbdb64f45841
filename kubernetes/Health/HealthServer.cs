using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Kubernetes.Health;

/// <summary>A small Kestrel for probes and metrics, apart from anything that serves users.</summary>
public sealed class HealthServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ILogger _logger;

    /// <summary>Prepares the server; it listens from <see cref="StartAsync"/> on.</summary>
    /// <param name="name">For the log: what is served.</param>
    /// <param name="bindAddress">See <see cref="BindAddress"/>; port 0 takes a free one.</param>
    /// <param name="map">Maps the endpoints, for example with MapHealth and MapMetrics.</param>
    /// <param name="loggerFactory">Kestrel's logs and ours.</param>
    public HealthServer(string name, IPEndPoint bindAddress, Action<IEndpointRouteBuilder> map, ILoggerFactory loggerFactory)
    {
        ArgumentNullException.ThrowIfNull(bindAddress);
        ArgumentNullException.ThrowIfNull(map);
        Name = name;
        _logger = loggerFactory.CreateLogger<HealthServer>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Listen(bindAddress);
        });
        _app = builder.Build();
        map(_app);
    }

    /// <summary>What is served.</summary>
    public string Name { get; }

    /// <summary>Where it listens, once started: with port 0, the port that it was given.</summary>
    public Uri? Address { get; private set; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        var addresses = _app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>();
        Address = new Uri(addresses.Addresses.First());
        Log.Serving(_logger, Name, Address.ToString());
    }

    /// <summary>Stops: requests being answered may finish until the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
