using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SentryOtel.Sentry.Api;

/// <summary>How to connect: trust, proxy, times.</summary>
public sealed record SentryHttpOptions
{
    // A peer that vanished would hold every request of a shared HTTP/2 connection until its timeout.
    private static readonly TimeSpan DeadPeerPing = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan DeadPeerTimeout = TimeSpan.FromSeconds(10);

    /// <summary>PEM text of the certificate authorities to trust instead of the system's; null for the system's.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>Name to check the server's certificate against; null for the host of the address.</summary>
    public string? ServerName { get; init; }

    /// <summary>Accepts any certificate. The token then goes to whoever answers: for tests only.</summary>
    public bool InsecureSkipVerify { get; init; }

    /// <summary>Proxy address; null for the environment's (<c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).</summary>
    public Uri? ProxyUrl { get; init; }

    /// <summary>Bound of the TCP and TLS set-up. 10 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections to one host. 16.</summary>
    public int MaxConnectionsPerServer { get; init; } = 16;

    /// <summary>
    /// A handler that follows no redirect, keeps no cookie, and looks the name up again every five minutes. A request that asks for HTTP/2 shares
    /// connections, and opens another when the server's bound of streams is reached.
    /// </summary>
    /// <exception cref="CryptographicException">When <see cref="CertificateAuthorities"/> holds no certificate.</exception>
    public SocketsHttpHandler CreateHandler()
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            ConnectTimeout = ConnectTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = MaxConnectionsPerServer,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = DeadPeerPing,
            KeepAlivePingTimeout = DeadPeerTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            SslOptions = CreateTls(),
        };
        if (ProxyUrl is not null)
        {
            handler.Proxy = new WebProxy(ProxyUrl);
        }

        return handler;
    }

    private SslClientAuthenticationOptions CreateTls()
    {
        var tls = new SslClientAuthenticationOptions();
        if (InsecureSkipVerify)
        {
#pragma warning disable CA5359 // The user asked for it by name.
            tls.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (ServerName is { } name)
        {
            // The handler takes the name to check from the address and can not be told another; the chain stays its business.
            tls.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None
                && certificate is X509Certificate2 served
                && served.MatchesHostname(name, allowWildcards: true, allowCommonName: false);
        }

        if (CertificateAuthorities is not null)
        {
            // A chain policy, not a callback: SslStream goes on to check the host name itself.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPem(CertificateAuthorities);
            if (policy.CustomTrustStore.Count == 0)
            {
                throw new CryptographicException("The CA bundle holds no PEM certificate (-----BEGIN CERTIFICATE-----).");
            }

            tls.CertificateChainPolicy = policy;
        }

        return tls;
    }

    /// <summary>Trust and proxy host; never the proxy's password.</summary>
    public override string ToString() =>
        $"{(CertificateAuthorities is null ? "system" : "private")} CA, proxy {ProxyUrl?.Host ?? "from environment"}";
}
