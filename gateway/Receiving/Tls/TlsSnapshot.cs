using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SentryOtel.Gateway.Receiving.Tls;

/// <summary>A server's certificate with its chain, and the authorities of client certificates, as they were in the files at one time. Immutable.</summary>
internal sealed class TlsSnapshot
{
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection? _clientAuthorities;

    private TlsSnapshot(SslStreamCertificateContext certificate, X509Certificate2Collection? clientAuthorities) =>
        (Certificate, _clientAuthorities) = (certificate, clientAuthorities);

    public SslStreamCertificateContext Certificate { get; }

    /// <summary>Reads PEM texts.</summary>
    /// <param name="certificate">The server's certificate first, then what is between it and its authority.</param>
    /// <param name="key">Its private key, not encrypted.</param>
    /// <param name="clientAuthorities">Who may have issued client certificates; null when clients need none.</param>
    /// <exception cref="CryptographicException">A text is none of these, or the key is another certificate's.</exception>
    /// <exception cref="ArgumentException">The key does not fit.</exception>
    public static TlsSnapshot Create(string certificate, string key, string? clientAuthorities)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate);
        X509Certificate2Collection? authorities = null;
        if (clientAuthorities is not null)
        {
            authorities = [];
            authorities.ImportFromPem(clientAuthorities);
            if (authorities.Count == 0)
            {
                throw new CryptographicException("client_ca_file holds no certificate");
            }
        }

        return new TlsSnapshot(SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificate, key), chain, offline: true), authorities);
    }

    /// <summary>What is wrong, without anything of the texts.</summary>
    public static string Explain(Exception exception) => exception is CryptographicException { Message: "client_ca_file holds no certificate" }
        ? exception.Message
        : "holds no PEM certificate, or the key is not its own, encrypted, or no PEM key";

    /// <summary>What one handshake needs beyond versions and suites. New for each handshake, which may change it.</summary>
    public SslServerAuthenticationOptions NewOptions()
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = Certificate,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
        if (_clientAuthorities is { } authorities)
        {
            options.ClientCertificateRequired = true;
            options.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
            };
            options.CertificateChainPolicy.CustomTrustStore.AddRange(authorities);
            options.CertificateChainPolicy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        }

        return options;
    }
}
