using System.Net.Security;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving.Renewal;

namespace SentryOtel.Gateway.Receiving.Tls;

/// <summary>
/// TLS of one port. Each handshake takes the certificate and the client authorities that are in force when it begins; connections that stand are not
/// touched by a renewal.
/// </summary>
internal sealed class ServerTls : IDisposable
{
    private static readonly TlsCipherSuite[] Tls13Suites =
        [TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256];

    private readonly ServerTlsConfiguration _configuration;
    private readonly CipherSuitesPolicy? _suites;
    private readonly Renewed<TlsSnapshot> _snapshot;

    /// <exception cref="IOException">A file can not be read.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A file holds something else.</exception>
    public ServerTls(string what, ServerTlsConfiguration configuration, TimeProvider timeProvider, Renewals renewals, ILogger logger)
    {
        _configuration = configuration;
        if (configuration.CipherSuites.Count > 0 && OperatingSystem.IsLinux())
        {
            _suites = new CipherSuitesPolicy([.. configuration.CipherSuites, .. Tls13Suites]);
        }

        PemSource?[] sources = [configuration.Certificate, configuration.Key, configuration.ClientAuthorities];
        _snapshot = new Renewed<TlsSnapshot>(
            what,
            [.. sources.Select(source => source?.File).OfType<string>().Distinct(StringComparer.Ordinal)],
            read => TlsSnapshot.Create(
                TextOf(configuration.Certificate, read), TextOf(configuration.Key, read), configuration.ClientAuthorities is { } authorities ? TextOf(authorities, read) : null),
            configuration.ReloadInterval,
            timeProvider,
            renewals,
            logger);
    }

    /// <summary>What Kestrel's TLS asks its container for; built only for ports with TLS.</summary>
    public static IServiceProvider Services(ILoggerFactory loggerFactory)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggerFactory);
        builder.WebHost.UseKestrelCore();
        return builder.Services.BuildServiceProvider();
    }

    /// <summary>Serves the port with TLS; ALPN offers the protocols that the port has.</summary>
    public void Use(ListenOptions listen)
    {
        var protocols = new List<SslApplicationProtocol>();
        if (listen.Protocols.HasFlag(HttpProtocols.Http2))
        {
            protocols.Add(SslApplicationProtocol.Http2);
        }

        if (listen.Protocols.HasFlag(HttpProtocols.Http1))
        {
            protocols.Add(SslApplicationProtocol.Http11);
        }

        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new ValueTask<SslServerAuthenticationOptions>(Options(protocols)) });
    }

    public void Dispose() => _snapshot.Dispose();

    private SslServerAuthenticationOptions Options(List<SslApplicationProtocol> protocols)
    {
        var options = _snapshot.Current.NewOptions();
        options.EnabledSslProtocols = _configuration.Versions;
        options.CipherSuitesPolicy = _suites;
        options.ApplicationProtocols = protocols;
        return options;
    }

    private static string TextOf(PemSource source, Func<string, string> read) => source.File is { } file ? read(file) : source.Text?.Value ?? string.Empty;
}
