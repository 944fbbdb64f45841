using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SentryOtel.Cluster.Credentials;

namespace SentryOtel.Kubernetes.Tests;

/// <summary>A real HTTP or HTTPS server on the loopback address that answers as a test says: for faults the API server can not be told to have.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private LoopbackServer(WebApplication application) => _application = application;

    public Uri Address => new(_application.Services.GetRequiredService<IServer>()
        .Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    /// <summary>The same server by name: <c>localhost</c> in place of the address.</summary>
    public Uri Named(string host) => new UriBuilder(Address) { Host = host }.Uri;

    public static async Task<LoopbackServer> StartAsync(
        RequestDelegate answer, PemCertificate? certificate = null, bool askClientCertificate = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                // This form takes any certificate, also one that is not meant for servers.
                var authentication = new SslServerAuthenticationOptions
                {
                    ServerCertificate = X509Certificate2.CreateFromPem(certificate.Certificate, certificate.PrivateKey),
                    ClientCertificateRequired = askClientCertificate,
                    RemoteCertificateValidationCallback = (_, client, _, _) => client is not null || !askClientCertificate,
                    ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
                };
                listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(authentication) });
            }
        }));
        var application = builder.Build();
        application.Run(answer);
        await application.StartAsync();
        return new LoopbackServer(application);
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
