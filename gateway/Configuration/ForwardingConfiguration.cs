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

    public bool InsecureSkipVerify { get; init; }

    public string? ServerName { get; init; }
}
