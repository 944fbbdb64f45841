namespace SentryOtel.Sentry.Routing;

/// <summary>
/// One part of the routing table that the operator compiles for an exporter and the gateway serves from. A table that fits one document has
/// one slice; a larger one is cut by a stable hash of the routed values. Each slice is the value of the key
/// <see cref="RoutingTableJson.DocumentKey"/> of one ConfigMap.
/// </summary>
public sealed record RoutingTableSlice
{
    /// <summary>Version of the document; 1.</summary>
    public int Version { get; init; } = RoutingTableJson.CurrentVersion;

    /// <summary>Namespace and name of the exporter, <c>ns/name</c>.</summary>
    public required string Exporter { get; init; }

    /// <summary>Which slice this is, from 0.</summary>
    public int SliceIndex { get; init; }

    /// <summary>How many slices the table has.</summary>
    public int SliceCount { get; init; } = 1;

    /// <summary>
    /// Counts the changes of the table. The writer stamps all slices with each new generation, the changed one last to be seen: a reader
    /// takes the smallest of its slices as what it has surely loaded.
    /// </summary>
    public long Generation { get; init; }

    /// <summary>The resource attribute that is routed on, <c>service.name</c> for one.</summary>
    public required string RoutingAttribute { get; init; }

    /// <summary>What becomes of data without the attribute: <c>drop</c> or <c>fallback</c>.</summary>
    public string OnMissingAttribute { get; init; } = "drop";

    /// <summary><c>strict</c> or <c>normalize</c>.</summary>
    public string SlugPolicy { get; init; } = "strict";

    /// <summary>Where data without the attribute goes, for <c>fallback</c>.</summary>
    public RouteTarget? Fallback { get; init; }

    /// <summary>
    /// Slugs of projects that count for <c>projects.max_auto_created</c> though their route is gone, in ordinal order; null for none. A service that comes back to its project
    /// takes no further place.
    /// </summary>
    public IReadOnlyList<string>? LeftSlugs { get; init; }

    /// <summary>The routes of this slice, each value once, in ordinal order of their values.</summary>
    public IReadOnlyList<RouteEntry> Routes { get; init; } = [];
}

/// <summary>One routed value.</summary>
public sealed record RouteEntry
{
    /// <summary>The largest <see cref="Weight"/>.</summary>
    public const int MaxWeight = 100;

    /// <summary>Value of the routing attribute, exact.</summary>
    public required string Value { get; init; }

    /// <summary>Whether data can flow.</summary>
    public RouteState State { get; init; }

    /// <summary>Why it is pending or rejected, a condition's reason.</summary>
    public string? Reason { get; init; }

    /// <summary>Where the data goes; set when <see cref="State"/> is <see cref="RouteState.Active"/>.</summary>
    public RouteTarget? Target { get; init; }

    /// <summary>Namespace and name of the SentryProjectRoute, <c>ns/name</c>; null for what has none.</summary>
    public string? Route { get; init; }

    /// <summary>Generation of the table in which this entry last changed.</summary>
    public long Generation { get; init; }

    /// <summary>Bounds of the route, null for none.</summary>
    public RouteLimits? RateLimit { get; init; }

    /// <summary>
    /// Share of the gateway's senders as a multiple of the other projects', 1 to <see cref="MaxWeight"/>; null for 1. Of several values that lead to one project the largest counts.
    /// </summary>
    public int? Weight { get; init; }

    /// <summary>
    /// True for a route that nobody wrote, unless its project was there before: such routes together are bounded by <c>projects.max_auto_created</c>. Null for others.
    /// </summary>
    public bool? Rationed { get; init; }
}

/// <summary>Whether data of a route can flow.</summary>
public enum RouteState
{
    /// <summary>The project is not ready yet: hold the data for a while.</summary>
    Pending,

    /// <summary>Send.</summary>
    Active,

    /// <summary>There will be no project: drop and count.</summary>
    Rejected,
}

/// <summary>Bounds of a route.</summary>
/// <param name="ItemsPerSecond">Spans or log records per second.</param>
/// <param name="BytesPerSecond">Uncompressed bytes per second.</param>
public sealed record RouteLimits(double? ItemsPerSecond, double? BytesPerSecond);

/// <summary>A project's way in.</summary>
public sealed record RouteTarget
{
    /// <summary>Decimal project id.</summary>
    public required string ProjectId { get; init; }

    /// <summary>Slug of the project, for people; the id of a project that is known by its DSN alone.</summary>
    public required string ProjectSlug { get; init; }

    /// <summary>32 hex digits: enough to send to the project, so it is never printed.</summary>
    public required string PublicKey { get; init; }

    /// <summary>Address for traces.</summary>
    public required string TracesEndpoint { get; init; }

    /// <summary>Address for logs.</summary>
    public required string LogsEndpoint { get; init; }

    /// <summary>Organisation that limits of organisation scope are shared in; null for a project known by its DSN alone.</summary>
    public string? Organization { get; init; }

    /// <summary>Project, without its key.</summary>
    public override string ToString() => $"{ProjectSlug} ({ProjectId})";
}
