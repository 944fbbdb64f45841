using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace SentryOtel.SentryServer.Hosting;

/// <summary>One port. It can be stopped and started again on the same number.</summary>
internal sealed class Listener(ListenAddress address, SentryServerOptions options, Action<WebApplication, CancellationToken> map) : IAsyncDisposable
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(2);
    private WebApplication? _app;
    private CancellationTokenSource? _stopping;

    /// <summary>The port, once started; it stays the same afterwards.</summary>
    public int Port { get; private set; } = address.Port;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_app is not null)
        {
            return;
        }

        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        options.ConfigureLogging?.Invoke(builder.Logging);
        builder.Services.AddRoutingCore().AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(Configure);
        _stopping = new CancellationTokenSource();
        _app = builder.Build();
        map(_app, _stopping.Token);
        await _app.StartAsync(cancellationToken);
        Port = new Uri(_app.Urls.First()).Port;
    }

    /// <summary>Closes the port; requests that are held or delayed are cut.</summary>
    public async Task StopAsync()
    {
        if (_app is null)
        {
            return;
        }

        await _stopping!.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
        (_app, _stopping) = (null, null);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        kestrel.Limits.MinRequestBodyDataRate = null;
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(address.Address, Port, endpoint =>
        {
            if (address.Secure && options.CertificateSource is { } source)
            {
                endpoint.UseHttps(https => https.ServerCertificateSelector = (_, _) => source());
            }
            else if (address.Secure)
            {
                endpoint.UseHttps(options.Certificate ?? throw new InvalidOperationException("An https address needs a certificate."));
            }
        });
    }

    /// <summary>Signals belong to the program around this server, not to its ports.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
