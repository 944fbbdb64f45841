using SentryOtel.Crds;
using SentryOtel.Operator.Events;

namespace SentryOtel.Operator.Discovery;

/// <summary>What discovery is to do for an exporter.</summary>
internal sealed partial record DiscoveryPlan
{
    /// <summary>Nothing.</summary>
    public static DiscoveryPlan Nothing { get; } = new();

    /// <summary>Services that get a route.</summary>
    public IReadOnlyList<DiscoveredService> Creates { get; init; } = [];

    /// <summary>Discovered routes whose last workload is gone, to be marked unused.</summary>
    public IReadOnlyList<SentryProjectRoute> Marks { get; init; } = [];

    /// <summary>Discovered routes whose workloads are others than noted, or are back: the mark goes.</summary>
    public IReadOnlyList<RouteUpdate> Updates { get; init; } = [];

    /// <summary>Discovered routes that have been unused for long enough.</summary>
    public IReadOnlyList<SentryProjectRoute> Deletes { get; init; } = [];

    /// <summary>Services that get no route, and why; the subject is the value.</summary>
    public IReadOnlyList<Problem> Refusals { get; init; } = [];

    /// <summary>Workloads that have a name which can not be read, and why; the subject is the workload.</summary>
    public IReadOnlyList<Problem> Unread { get; init; } = [];

    /// <summary>How many services the workloads name.</summary>
    public int Services { get; init; }

    /// <summary>When time alone will change the plan; null for never.</summary>
    public DateTimeOffset? NextCheck { get; init; }
}

/// <summary>A service that gets a route.</summary>
/// <param name="Value">Its name.</param>
/// <param name="Slug">Slug of its project.</param>
/// <param name="Workloads">The workloads that carry the value, for people.</param>
internal sealed record DiscoveredService(string Value, string Slug, string Workloads);

/// <summary>A change of a discovered route's note.</summary>
/// <param name="Route">The route.</param>
/// <param name="Workloads">The workloads that carry the value, for people.</param>
internal sealed record RouteUpdate(SentryProjectRoute Route, string Workloads);
