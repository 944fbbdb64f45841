using System.Security.Authentication;
using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Configuration;

/// <summary><c>exporters.sentry.metrics.forward_to</c>: where metrics go, since Sentry takes none over OTLP.</summary>
internal sealed record ForwardingConfiguration
{
    /// <summary>The whole address of the export, path included.</summary>
    public required Uri Address { get; init; }

    /// <summary>OTLP/gRPC; else OTLP/HTTP with protobuf.</summary>
    public bool IsGrpc { get; init; }

    public IReadOnlyDictionary<string, Secret> Headers { get; init; } = new Dictionary<string, Secret>();

    public bool Gzip { get; init; } = true;

    /// <summary>Bound of one attempt. 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>PEM text of the authorities to trust; null for the system's.</summary>
    public string? CertificateAuthorities { get; init; }

    /// <summary>Whether the system's authorities are trusted besides <see cref="CertificateAuthorities"/>.</summary>
    public bool IncludeSystemAuthorities { get; init; }

    /// <summary>PEM text of the certificate, with its chain, that the gateway shows; null for none.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM text of its key.</summary>
    public Secret? ClientKey { get; init; }

    /// <summary>Protocol versions; none for the system's choice.</summary>
    public SslProtocols TlsVersions { get; init; }

    public bool InsecureSkipVerify { get; init; }

    public string? ServerName { get; init; }
}
