using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds;

/// <summary>What the operator found and did, and what the gateway saw.</summary>
public sealed class SentryProjectRouteStatus
{
    /// <summary>Generation of the spec that this status speaks of.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Accepted, ProjectReady, Programmed, Ready and RateLimited: the route as a whole, for <c>kubectl wait</c>. RateLimited says which limits of Sentry's hold until when; Ready stays True
    /// while gateways keep the data for so long.</summary>
    [Items(16), ListMapKeys("type")]
    public List<V1Condition>? Conditions { get; set; }

    /// <summary>The conditions as each exporter sees them.</summary>
    [Items(16), ListMapKeys("namespace", "name")]
    public List<RouteExporterStatus>? Exporters { get; set; }

    /// <summary>The value of the routing attribute that the route was accepted with. A server that does not refuse a change of it, or of the exporter, lets it have no effect.</summary>
    [Length(0, 256)]
    public string? AttributeValue { get; set; }

    /// <summary>The project in Sentry.</summary>
    public RouteProjectStatus? Project { get; set; }

    /// <summary>A create whose outcome is not known yet. It decides whose a project is: only the operator may write it.</summary>
    public RoutePendingCreate? PendingCreate { get; set; }

    /// <summary>What the gateways counted, rounded and written at most once a minute.</summary>
    public RouteTraffic? Traffic { get; set; }

    /// <summary>Who wrote the route.</summary>
    public RouteOrigin? Origin { get; set; }
}

/// <summary>A route as one exporter sees it.</summary>
public sealed class RouteExporterStatus
{
    /// <summary>Namespace of the exporter.</summary>
    [Required, Length(1, 63)]
    public string Namespace { get; set; } = "";

    /// <summary>Name of the exporter.</summary>
    [Required, Length(1, 253)]
    public string Name { get; set; } = "";

    /// <summary>Accepted, ProjectReady, Programmed, Ready and RateLimited.</summary>
    [Items(16), ListMapKeys("type")]
    public List<V1Condition>? Conditions { get; set; }
}

/// <summary>The project in Sentry. All that a gateway needs in order to send, and nothing that can change the project.</summary>
public sealed class RouteProjectStatus
{
    /// <summary>Numeric id of the project.</summary>
    [Length(0, 64)]
    public string? Id { get; set; }

    /// <summary>Its present slug.</summary>
    [Length(0, 100)]
    public string? Slug { get; set; }

    /// <summary>Page of the organisation it is in. The id belongs to that server: it names another project, or none, at any other.</summary>
    [Length(0, 2304)]
    public string? OrganizationUrl { get; set; }

    /// <summary>Whether this route created it; deletionPolicy Delete concerns only such projects.</summary>
    public bool Created { get; set; }

    /// <summary>Where its telemetry is sent.</summary>
    public RouteProjectEndpoints? Endpoints { get; set; }

    /// <summary>Public key of its DSN: allows sending to the project, not reading it.</summary>
    [Length(0, 64)]
    public string? PublicKey { get; set; }
}

/// <summary>A create that is about to be sent to Sentry, or was.</summary>
public sealed class RoutePendingCreate
{
    /// <summary>Slug of the project.</summary>
    [Required, Length(1, 100)]
    public string Slug { get; set; } = "";

    /// <summary>When it was noted.</summary>
    [Required]
    public DateTimeOffset Time { get; set; }

    /// <summary>Page of the organisation it is made in: it says nothing of projects elsewhere.</summary>
    [Length(0, 2304)]
    public string? OrganizationUrl { get; set; }
}

/// <summary>Where a project's telemetry is sent.</summary>
public sealed class RouteProjectEndpoints
{
    /// <summary>OTLP/HTTP URL for spans.</summary>
    [Length(0, 2048)]
    public string? Traces { get; set; }

    /// <summary>OTLP/HTTP URL for log records.</summary>
    [Length(0, 2048)]
    public string? Logs { get; set; }
}

/// <summary>What the gateways counted for the route's project: routes of one project show the same. From 1000 on rounded to two digits, written at most once a minute.</summary>
public sealed class RouteTraffic
{
    /// <summary>Spans and log records accepted from clients.</summary>
    public long Accepted { get; set; }

    /// <summary>Of these, delivered to Sentry.</summary>
    public long Sent { get; set; }

    /// <summary>Of these, dropped with a reason.</summary>
    public long Dropped { get; set; }

    /// <summary>When data last arrived, to the minute.</summary>
    public DateTimeOffset? LastSeenTime { get; set; }
}

/// <summary>Who wrote a route.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RouteOrigin>))]
public enum RouteOrigin
{
    /// <summary>A person or their tooling.</summary>
    Manual,

    /// <summary>The operator, from a workload's label.</summary>
    Discovered,

    /// <summary>The gateway, from telemetry of a service nobody had announced.</summary>
    Telemetry,
}
