using System.Net.Http.Headers;

namespace SentryOtel.Kubernetes.Client.Credentials;

/// <summary>What proves who sends a request: a header, a client certificate, or nothing.</summary>
internal sealed class Credential(AuthenticationHeaderValue? authorization, string? certificatePem = null, string? keyPem = null)
{
    public static readonly Credential None = new(null);

    public AuthenticationHeaderValue? Authorization { get; } = authorization;

    public string? CertificatePem { get; } = certificatePem;

    public string? KeyPem { get; } = keyPem;

    public override string ToString() => nameof(Credential);
}
