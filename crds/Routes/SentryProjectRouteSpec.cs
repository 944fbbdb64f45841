using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>The project that one service's telemetry goes to.</summary>
[ValidationRule("has(self.project) != has(self.dsnSecretRef)", RuleMessages.OneDestination)]
public sealed class SentryProjectRouteSpec
{
    /// <summary>The exporter that sends this service's telemetry. Fixed once set.</summary>
    [Required, ValidationRule("self == oldSelf", RuleMessages.ExporterImmutable)]
    public ExporterReference ExporterRef { get; set; } = new();

    /// <summary>Value of the routing attribute (service.name unless the exporter says otherwise), compared exactly. Fixed once set.</summary>
    [Required, Length(1, 256), ValidationRule("self == oldSelf", RuleMessages.AttributeValueImmutable)]
    public string AttributeValue { get; set; } = "";

    /// <summary>The project, found or created with the exporter's token.</summary>
    public RouteProjectSpec? Project { get; set; }

    /// <summary>DSN of the project, in a Secret of the route's namespace; needs no token.</summary>
    public SecretKeyReference? DsnSecretRef { get; set; }

    /// <summary>What may be done with a project that exists; without it the exporter's projects.adoptionPolicy.</summary>
    public AdoptionPolicy? AdoptionPolicy { get; set; }

    /// <summary>What happens to the project when this route is deleted; without it the exporter's projects.deletionPolicy.</summary>
    public DeletionPolicy? DeletionPolicy { get; set; }

    /// <summary>How much is sent to the project at most, per gateway replica.</summary>
    public RouteRateLimit? RateLimit { get; set; }

    /// <summary>Share of the gateway's senders as a multiple of other projects' when they are scarce; without it 1. Of routes to one project the largest counts.</summary>
    [Range(1, 100)]
    public int? Weight { get; set; }

    /// <summary>Keep hands off: the project is not touched and the service's data is dropped and counted while true.</summary>
    [Default]
    public bool Suspend { get; set; }
}

/// <summary>A SentryExporter.</summary>
public sealed class ExporterReference
{
    /// <summary>Name of the exporter.</summary>
    [Required, Length(1, 253), Pattern(Patterns.ObjectName)]
    public string Name { get; set; } = "";

    /// <summary>Its namespace; without it the route's own. The exporter's allowedRoutes must agree.</summary>
    [Length(1, 63), Pattern(Patterns.Namespace)]
    public string? Namespace { get; set; }
}

/// <summary>A project in the exporter's organisation.</summary>
public sealed class RouteProjectSpec
{
    /// <summary>Slug of the project.</summary>
    [Required, Length(1, 100), Pattern(Patterns.Slug)]
    public string Slug { get; set; } = "";

    /// <summary>Display name of a new project; without it the slug.</summary>
    [Length(1, 200)]
    public string? Name { get; set; }

    /// <summary>Platform of a new project; without it the exporter's projects.platform.</summary>
    [Length(1, 64)]
    public string? Platform { get; set; }

    /// <summary>Team slug of a new project; without it the exporter's projects.team.</summary>
    [Length(1, 100), Pattern(Patterns.Slug)]
    public string? Team { get; set; }
}

/// <summary>How much is sent to a project at most, per gateway replica. What exceeds it is dropped and counted.</summary>
[ValidationRule("has(self.itemsPerSecond) || has(self.bytesPerSecond)", RuleMessages.RateLimit)]
public sealed class RouteRateLimit
{
    /// <summary>Spans and log records per second.</summary>
    [Range(1, 10000000)]
    public long? ItemsPerSecond { get; set; }

    /// <summary>Bytes per second before compression.</summary>
    [Range(1, 10000000000)]
    public long? BytesPerSecond { get; set; }
}
