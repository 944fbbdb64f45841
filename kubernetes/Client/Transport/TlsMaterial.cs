using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>PEM text that a connection is built from; two are equal when nothing has rotated.</summary>
internal sealed record TlsMaterial(string? AuthorityPem, string? CertificatePem, string? KeyPem)
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    /// <summary>
    /// No callback: .NET itself then checks chain, name and purpose against our authorities alone. A callback that looks
    /// at the chain only would take any certificate of the same authority for the server's.
    /// </summary>
    public SslClientAuthenticationOptions ToOptions(KubernetesClientConfiguration configuration)
    {
        var options = new SslClientAuthenticationOptions();
        if (AuthorityPem is not null)
        {
            options.CertificateChainPolicy = ChainPolicy(AuthorityPem);
        }
        else if (configuration.SkipTlsVerify)
        {
#pragma warning disable CA5359 // The user asked for exactly this: insecure-skip-tls-verify.
            options.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        if (CertificatePem is not null && KeyPem is not null)
        {
            options.ClientCertificateContext = ClientCertificate(CertificatePem, KeyPem);
        }

        return options;
    }

    public override string ToString() => nameof(TlsMaterial);

    private static X509ChainPolicy ChainPolicy(string pem)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        policy.CustomTrustStore.ImportFromPem(pem);
        return policy.CustomTrustStore.Count > 0
            ? policy
            : throw new CryptographicException("The certificate authority holds no certificate in PEM form.");
    }

    private static SslStreamCertificateContext ClientCertificate(string certificatePem, string keyPem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPem(certificatePem, keyPem), chain, offline: true);
    }
}
