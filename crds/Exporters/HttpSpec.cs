using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;

namespace SentryOtel.Crds;

/// <summary>How Sentry is spoken to over HTTP, by the operator and by the gateway.</summary>
public sealed class HttpSpec
{
    /// <summary>TLS towards the Sentry API, and towards its ingest unless ingest.tls says otherwise.</summary>
    public ClientTlsSpec? Tls { get; set; }

    /// <summary>Headers sent with every request. No place for credentials: they are readable by whoever may read this resource.</summary>
    [Items(32), Element(4096)]
    public Dictionary<string, string>? Headers { get; set; }

    /// <summary>Forward proxy, e.g. <c>http://proxy:3128</c>.</summary>
    [Length(1, 2048), Pattern(Patterns.HttpUrl)]
    public string? ProxyUrl { get; set; }

    /// <summary>Compression of what the gateway sends.</summary>
    [Default]
    public HttpCompression Compression { get; set; } = HttpCompression.Gzip;
}

/// <summary>Content coding of requests to Sentry.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HttpCompression>))]
public enum HttpCompression
{
    /// <summary>RFC 1952.</summary>
    [JsonStringEnumMemberName("gzip")]
    Gzip,

    /// <summary>RFC 8878; this version refuses it.</summary>
    [JsonStringEnumMemberName("zstd")]
    Zstd,

    /// <summary>No compression.</summary>
    [JsonStringEnumMemberName("none")]
    None,
}

/// <summary>TLS of an outgoing connection.</summary>
public sealed class ClientTlsSpec
{
    /// <summary>Certificate authorities trusted instead of the system's.</summary>
    public CertificateSource? CaFrom { get; set; }

    /// <summary>Accept any certificate. For trials only.</summary>
    [Default]
    public bool InsecureSkipVerify { get; set; }

    /// <summary>Name that the server's certificate must carry, when it differs from the URL's host.</summary>
    [Length(1, 253)]
    public string? ServerName { get; set; }
}

/// <summary>Where and how telemetry enters Sentry.</summary>
public sealed class IngestSpec
{
    /// <summary>Base URL used in place of the DSN's scheme, host and path prefix, when that host is not reachable from the cluster.</summary>
    [Length(1, 2048), Pattern(Patterns.HttpUrl)]
    public string? UrlOverride { get; set; }

    /// <summary>TLS towards the ingest; without it http.tls.</summary>
    public ClientTlsSpec? Tls { get; set; }
}
