using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SentryOtel.Cluster.Credentials;

/// <summary>A certificate authority that lives as long as one test cluster, and issues its certificates (ECDSA P-256).</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    /// <summary>Creates an authority of its own.</summary>
    /// <param name="commonName">The subject's common name.</param>
    public CertificateAuthority(string commonName)
    {
        var request = new CertificateRequest($"CN={commonName}", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        var now = TimeProvider.System.GetUtcNow();
        _certificate = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(30));
        CertificatePem = _certificate.ExportCertificatePem();
    }

    /// <summary>The authority's certificate, PEM.</summary>
    public string CertificatePem { get; }

    /// <summary>Issues a serving certificate.</summary>
    /// <param name="commonName">The subject's common name.</param>
    /// <param name="dnsNames">Names it is valid for.</param>
    /// <param name="addresses">Addresses it is valid for.</param>
    /// <param name="notAfter">When it ends; null for as long as the authority.</param>
    public PemCertificate IssueServer(string commonName, IEnumerable<string> dnsNames, IEnumerable<IPAddress> addresses, DateTimeOffset? notAfter = null)
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames)
        {
            names.AddDnsName(name);
        }
        foreach (var address in addresses)
        {
            names.AddIpAddress(address);
        }
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(commonName);
        return Issue(subject, ServerAuthentication, names.Build(), notAfter);
    }

    /// <summary>Issues a client certificate in Kubernetes' form: the common name is the user, each organisation a group.</summary>
    public PemCertificate IssueClient(string user, params IEnumerable<string> groups)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(user);
        foreach (var group in groups)
        {
            subject.AddOrganizationName(group);
        }
        return Issue(subject, ClientAuthentication, alternativeNames: null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
    }

    private PemCertificate Issue(X500DistinguishedNameBuilder subject, string usage, X509Extension? alternativeNames, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }
        using var certificate = request.Create(
            _certificate, _certificate.NotBefore, notAfter ?? _certificate.NotAfter, RandomNumberGenerator.GetBytes(16));
        return new PemCertificate(certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem());
    }
}
