using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>What happens to metrics, which Sentry does not take over OTLP.</summary>
[ValidationRule("has(self.forwardTo) || !(has(self.headers) || has(self.headersFrom) || has(self.tls))", RuleMessages.MetricsDestination)]
public sealed class MetricsSpec
{
    /// <summary>Address of an OTLP endpoint that metrics are passed on to, unchanged. Without it they are refused with a reason.</summary>
    [Length(1, 2048), Pattern(Patterns.HttpUrl)]
    public string? ForwardTo { get; set; }

    /// <summary>How that endpoint is spoken to.</summary>
    [Default]
    public MetricsProtocol Protocol { get; set; } = MetricsProtocol.HttpProtobuf;

    /// <summary>Headers sent with every request there. No place for credentials: see headersFrom.</summary>
    [Items(32), Element(4096)]
    public Dictionary<string, string>? Headers { get; set; }

    /// <summary>Headers whose values are in Secrets. A changed value is taken without a restart.</summary>
    [Items(32), ListMapKeys("name")]
    public List<SecretHeaderSpec>? HeadersFrom { get; set; }

    /// <summary>TLS towards that endpoint.</summary>
    public ClientTlsSpec? Tls { get; set; }
}

/// <summary>A header whose value is in a Secret.</summary>
public sealed class SecretHeaderSpec
{
    /// <summary>Name of the header.</summary>
    [Required, Length(1, 256), Pattern(Patterns.HeaderName)]
    public string Name { get; set; } = "";

    /// <summary>The whole value, e.g. <c>Bearer</c> and the token.</summary>
    [Required]
    public SecretKeyReference SecretKeyRef { get; set; } = new();
}

/// <summary>A protocol of OTLP.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MetricsProtocol>))]
public enum MetricsProtocol
{
    /// <summary>OTLP over HTTP; <c>/v1/metrics</c> is added to the address unless it is there.</summary>
    [JsonStringEnumMemberName("http/protobuf")]
    HttpProtobuf,

    /// <summary>OTLP over gRPC.</summary>
    [JsonStringEnumMemberName("grpc")]
    Grpc,
}
