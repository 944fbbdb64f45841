using System.Text.Json.Serialization;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>The document at <c>/routes</c>. Never holds a key.</summary>
/// <param name="Version">Of the gateway.</param>
/// <param name="At">Now, by the gateway's clock.</param>
/// <param name="StartedAt">When all counts were zero, by the same clock: another time is another process.</param>
/// <param name="NotReady">Why the gateway is not ready; null when it is.</param>
/// <param name="Memory">What is held and may be held.</param>
/// <param name="Rejected">Items that no exporter was asked for: metrics without a destination.</param>
/// <param name="Exporters">By component id.</param>
internal sealed record RoutesView(
    string Version,
    DateTimeOffset At,
    DateTimeOffset StartedAt,
    string? NotReady,
    MemoryView Memory,
    IReadOnlyList<RejectedView> Rejected,
    IReadOnlyList<ExporterView> Exporters);

/// <param name="ReservedBytes">Held by requests and queues.</param>
/// <param name="LimitBytes">What they may hold.</param>
/// <param name="ResidentBytes">Of the process.</param>
internal sealed record MemoryView(long ReservedBytes, long LimitBytes, long ResidentBytes);

/// <summary>Items not accepted, since the start.</summary>
internal sealed record RejectedView(string Signal, string Reason, long Items);

/// <summary>One exporter.</summary>
/// <param name="Exporter">Component id.</param>
/// <param name="NotReady">Why its routes can not be told yet; null when they can.</param>
/// <param name="Problem">What the source of its routes could not do lately.</param>
/// <param name="ParkedServices">Services whose project is not there yet.</param>
/// <param name="ParkedBytes">What waits for them.</param>
/// <param name="Collisions">Services whose slug another one has; at most a hundred.</param>
/// <param name="Parked">These services, the one that waits longest first; at most a hundred.</param>
/// <param name="Rejected">Items that clients were told not to send again.</param>
/// <param name="Refused">Items that clients were told to come back with.</param>
/// <param name="Routes">Every project and signal.</param>
internal sealed record ExporterView(
    string Exporter,
    string? NotReady,
    string? Problem,
    int ParkedServices,
    long ParkedBytes,
    IReadOnlyList<CollisionView> Collisions,
    IReadOnlyList<ParkedView> Parked,
    IReadOnlyList<RejectedView> Rejected,
    IReadOnlyList<RejectedView> Refused,
    IReadOnlyList<RouteView> Routes);

/// <summary>A service whose project is not there yet.</summary>
internal sealed record ParkedView(string Service, long Items, long Bytes, double OldestAgeSeconds, string? Error);

/// <summary>A service that makes the slug of another one.</summary>
/// <param name="Service">The one that gave way.</param>
/// <param name="Project">The slug that it got.</param>
/// <param name="Other">The one that holds the slug that both make.</param>
internal sealed record CollisionView(string Service, string Project, string Other);

/// <summary>One project and signal.</summary>
internal sealed record RouteView
{
    /// <summary>Names the project within its exporter.</summary>
    public required string Queue { get; init; }

    /// <summary>Slug.</summary>
    public required string Project { get; init; }

    public string? ProjectId { get; init; }

    public required string Signal { get; init; }

    /// <summary>Values of the routing attribute that lead here: some of them.</summary>
    public required IReadOnlyList<string> Services { get; init; }

    /// <summary>How many there are.</summary>
    public required int ServiceCount { get; init; }

    /// <summary>ok, idle, or why nothing is sent.</summary>
    public required string State { get; init; }

    public required long QueuedItems { get; init; }

    public required long QueuedBytes { get; init; }

    public required int InFlight { get; init; }

    public double? OldestAgeSeconds { get; init; }

    /// <summary>Why nothing is sent; absent when data flow.</summary>
    public string? Hold { get; init; }

    public required double HeldForSeconds { get; init; }

    /// <summary>When sending is tried again.</summary>
    public DateTimeOffset? HeldUntil { get; init; }

    public LimitView? Limit { get; init; }

    public required long Accepted { get; init; }

    public required long Sent { get; init; }

    /// <summary>By reason.</summary>
    public required IReadOnlyDictionary<string, long> Dropped { get; init; }

    public required long Retries { get; init; }

    /// <summary>When data came last.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    /// <summary>True when counts and <see cref="LastSeen"/> are those of several projects together: there are more than have books of their own.</summary>
    public bool? CountsShared { get; init; }

    public FailureView? LastError { get; init; }
}

/// <summary>A limit of Sentry's.</summary>
/// <param name="Category">Sentry's name; empty for every category.</param>
/// <param name="Scope">What shares it: key, project, organization.</param>
/// <param name="Reason">Sentry's code.</param>
internal sealed record LimitView(string Category, string Scope, string? Reason);

/// <summary>The last attempt that failed.</summary>
internal sealed record FailureView(DateTimeOffset At, string Outcome, int Status, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(RoutesView))]
internal sealed partial class RoutesJsonContext : JsonSerializerContext;
