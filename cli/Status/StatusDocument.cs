using System.Text.Json.Serialization;

namespace SentryOtel.Cli.Status;

/// <summary>What <c>status</c> found, as <c>--output json</c> gives it.</summary>
internal sealed record StatusDocument(
    IReadOnlyList<ExporterLine> Exporters,
    IReadOnlyList<RouteLine> Routes,
    IReadOnlyList<GatewayLine> Gateways,
    IReadOnlyList<LimitLine> Limits,
    IReadOnlyList<string> NotTold)
{
    /// <summary>Whether all exporters and routes are ready.</summary>
    public bool IsReady => Exporters.All(static exporter => exporter.Ready == "True") && Routes.All(static route => route.Ready == "True");
}

/// <summary>One exporter.</summary>
internal sealed record ExporterLine
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    /// <summary>Slug of the organisation; null for one that knows a DSN alone.</summary>
    public string? Organization { get; init; }

    public int RoutesReady { get; init; }

    public int RoutesTotal { get; init; }

    public int GatewayReady { get; init; }

    /// <summary>Ready pods of those wanted.</summary>
    public string? Gateway { get; init; }

    public required string Ready { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    /// <summary>Where clients send OTLP over gRPC.</summary>
    public string? Grpc { get; init; }

    /// <summary>Where clients send OTLP over HTTP.</summary>
    public string? Http { get; init; }

    public DateTimeOffset? Created { get; init; }
}

/// <summary>One route.</summary>
internal sealed record RouteLine
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Exporter { get; init; }

    public required string Service { get; init; }

    public string? Project { get; init; }

    public required string Ready { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    /// <summary>When the last of Sentry's limits in force ends.</summary>
    public DateTimeOffset? LimitedUntil { get; init; }

    public long? Accepted { get; init; }

    public long? Sent { get; init; }

    public long? Dropped { get; init; }

    public DateTimeOffset? Seen { get; init; }

    public DateTimeOffset? Created { get; init; }
}

/// <summary>One pod of a gateway.</summary>
internal sealed record GatewayLine
{
    public required string Namespace { get; init; }

    public required string Pod { get; init; }

    public required string Exporter { get; init; }

    public bool Ready { get; init; }

    public int Restarts { get; init; }

    /// <summary>Generation of the routing table that it serves; null when it says nothing.</summary>
    public long? Table { get; init; }

    /// <summary>The newest that one of the exporter's gateways serves.</summary>
    public long? NewestTable { get; init; }

    public string? Problem { get; init; }

    public DateTimeOffset? Created { get; init; }
}

/// <summary>One limit of Sentry's.</summary>
internal sealed record LimitLine(string Namespace, string Service, string? Project, DateTimeOffset? Until, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StatusDocument))]
internal sealed partial class StatusJsonContext : JsonSerializerContext;
