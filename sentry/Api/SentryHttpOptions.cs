using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SentryOtel.Sentry.Api;

/// <summary>How to connect: trust, proxy, times.</summary>
public sealed record SentryHttpOptions
{
    // A peer that vanished would hold every request of a shared HTTP/2 connection until its timeout.

    /// <summary>PEM text of the certificate authorities to trust instead of the system's; null for the system's.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>Whether the system's authorities are trusted besides <see cref="CertificateAuthorities"/>.</summary>
    public bool IncludeSystemAuthorities { get; init; }

    /// <summary>PEM text of the certificate, with its chain, that is shown to a server that asks; null for none.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM text of its key, without a passphrase.</summary>
    public string? ClientKey { get; init; }

    /// <summary>TLS versions; none for the system's choice.</summary>
    public SslProtocols TlsVersions { get; init; }

    /// <summary>False opens a connection for each request.</summary>
    public bool KeepAlives { get; init; } = true;

    /// <summary>How long an idle connection is kept; zero for as long as any. 60 s.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Silence on an HTTP/2 connection with requests after which it is pinged. 15 s.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the answer to a ping may take. 10 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(10);

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
            PooledConnectionLifetime = KeepAlives ? TimeSpan.FromMinutes(5) : TimeSpan.Zero,
            PooledConnectionIdleTimeout = IdleTimeout == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : IdleTimeout,
            MaxConnectionsPerServer = MaxConnectionsPerServer,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = PingAfter,
            KeepAlivePingTimeout = PingTimeout,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            SslOptions = CreateTls(),
        };
        if (ProxyUrl is not null)
        {
            handler.Proxy = ProxyOf(ProxyUrl);
        }

        return handler;
    }

    // The handler takes credentials from here alone, and prints the address when the proxy refuses.
    private static WebProxy ProxyOf(Uri address)
    {
        if (address.UserInfo.Length == 0)
        {
            return new WebProxy(address);
        }

        var parts = address.UserInfo.Split(':', 2);
        return new WebProxy(new UriBuilder(address) { UserName = string.Empty, Password = string.Empty }.Uri)
        {
            Credentials = new NetworkCredential(Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : string.Empty),
        };
    }

    private SslClientAuthenticationOptions CreateTls()
    {
        var tls = new SslClientAuthenticationOptions { EnabledSslProtocols = TlsVersions };
        if (ClientCertificate is not null)
        {
            tls.ClientCertificateContext = ClientContext(ClientCertificate, ClientKey);
        }

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
            var own = policy.CustomTrustStore.Count;
            if (IncludeSystemAuthorities)
            {
                using var system = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
                policy.CustomTrustStore.AddRange(system.Certificates);
            }

            if (own == 0)
            {
                throw new CryptographicException("The CA bundle holds no PEM certificate (-----BEGIN CERTIFICATE-----).");
            }

            tls.CertificateChainPolicy = policy;
        }

        return tls;
    }

    private static SslStreamCertificateContext ClientContext(string certificate, string? key)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate);
        using var pair = X509Certificate2.CreateFromPem(certificate, key);

        // SslStream wants a key that it can export, which that of a PEM file is not everywhere.
        var own = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
        return SslStreamCertificateContext.Create(own, chain, offline: true);
    }

    /// <summary>Trust and proxy host; never the proxy's password.</summary>
    public override string ToString() =>
        $"{(CertificateAuthorities is null ? "system" : "private")} CA, proxy {ProxyUrl?.Host ?? "from environment"}";
}
