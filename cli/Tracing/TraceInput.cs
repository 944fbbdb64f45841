using SentryOtel.Cli.Clusters;
using SentryOtel.Crds;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Cli.Tracing;

/// <summary>All that a trace looks at.</summary>
internal sealed record TraceInput
{
    /// <summary>Value of the routing attribute.</summary>
    public required string Service { get; init; }

    public required SentryExporter Exporter { get; init; }

    /// <summary>All routes that name the exporter, of one value the oldest first.</summary>
    public IReadOnlyList<SentryProjectRoute> Routes { get; init; } = [];

    /// <summary>The entry of the value in the routing table; null when there is none or the table may not be read.</summary>
    public RouteEntry? Entry { get; init; }

    /// <summary>Whether the routing table could be read.</summary>
    public bool IsTableKnown { get; init; }

    public IReadOnlyList<GatewayPod> Pods { get; init; } = [];

    /// <summary>What gateways say of themselves.</summary>
    public IReadOnlyList<GatewayAnswer> Answers { get; init; } = [];

    /// <summary>Workloads that carry the value or send it.</summary>
    public IReadOnlyList<TracedWorkload> Workloads { get; init; } = [];

    public required DateTimeOffset Now { get; init; }
}
