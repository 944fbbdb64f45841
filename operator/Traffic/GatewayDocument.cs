using System.Text.Json.Serialization;

namespace SentryOtel.Operator.Traffic;

/// <summary>What a gateway tells at <c>/routes</c>: the parts that the operator reads. Times are by the gateway's clock.</summary>
internal sealed record GatewayDocument
{
    public DateTimeOffset At { get; init; }

    /// <summary>When all counts were zero; null from gateways that do not tell.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Null while the gateway starts.</summary>
    public IReadOnlyList<GatewayExporter>? Exporters { get; init; }
}

/// <summary>One exporter of a gateway.</summary>
internal sealed record GatewayExporter
{
    /// <summary>What the gateway calls it.</summary>
    public string Exporter { get; init; } = "";

    public IReadOnlyList<GatewayQueue>? Routes { get; init; }
}

/// <summary>One project and signal.</summary>
internal sealed record GatewayQueue
{
    public string Project { get; init; } = "";

    public string? ProjectId { get; init; }

    public string Signal { get; init; } = "";

    /// <summary>Why nothing is sent; null when data flow.</summary>
    public string? Hold { get; init; }

    public double HeldForSeconds { get; init; }

    public GatewayLimit? Limit { get; init; }

    public long Accepted { get; init; }

    public long Sent { get; init; }

    /// <summary>By reason.</summary>
    public IReadOnlyDictionary<string, long>? Dropped { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>The counts are of several projects together.</summary>
    public bool CountsShared { get; init; }
}

/// <summary>A limit of Sentry's.</summary>
internal sealed record GatewayLimit
{
    public string Category { get; init; } = "";

    public string Scope { get; init; } = "";
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(GatewayDocument))]
internal sealed partial class GatewayDocumentJson : JsonSerializerContext;
