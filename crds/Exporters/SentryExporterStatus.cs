using SentryOtel.Crds.Schema;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds;

/// <summary>What the operator found and did.</summary>
public sealed class SentryExporterStatus
{
    /// <summary>Generation of the spec that this status speaks of.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>Ready, CredentialsValid, ProjectsSynced, GatewayAvailable and Progressing; VolumesReleased while the queue is or was on disk.</summary>
    [Items(16), ListMapKeys("type")]
    public List<V1Condition>? Conditions { get; set; }

    /// <summary>Where clients send OTLP within the cluster.</summary>
    public ExporterEndpoint? Endpoint { get; set; }

    /// <summary>The Sentry organisation that the token belongs to.</summary>
    public ExporterOrganization? Organization { get; set; }

    /// <summary>The routes of this exporter.</summary>
    public ExporterRoutes? Routes { get; set; }

    /// <summary>The services of workloads; absent while none are looked for.</summary>
    public ExporterDiscovery? Discovery { get; set; }

    /// <summary>Projects that were created for services nobody wrote a route for.</summary>
    public ExporterProjects? Projects { get; set; }

    /// <summary>The gateway's pods.</summary>
    public ExporterGateway? Gateway { get; set; }
}

/// <summary>Where clients send OTLP within the cluster.</summary>
public sealed class ExporterEndpoint
{
    /// <summary>OTLP over gRPC.</summary>
    [Length(0, 512)]
    public string? Grpc { get; set; }

    /// <summary>OTLP over HTTP.</summary>
    [Length(0, 512)]
    public string? Http { get; set; }
}

/// <summary>A Sentry organisation.</summary>
public sealed class ExporterOrganization
{
    /// <summary>Its numeric id.</summary>
    [Length(0, 64)]
    public string? Id { get; set; }

    /// <summary>Its display name.</summary>
    [Length(0, 256)]
    public string? Name { get; set; }

    /// <summary>Base URL of the region that holds its data.</summary>
    [Length(0, 2048)]
    public string? RegionUrl { get; set; }
}

/// <summary>Counts of an exporter's routes.</summary>
public sealed class ExporterRoutes
{
    /// <summary>Routes that name this exporter and are accepted by it.</summary>
    public int Total { get; set; }

    /// <summary>Those of them that are ready.</summary>
    public int Ready { get; set; }

    /// <summary>Both as <c>ready/total</c>, for kubectl.</summary>
    [Length(0, 32)]
    public string? Summary { get; set; }
}

/// <summary>Counts of the services that workloads name.</summary>
public sealed class ExporterDiscovery
{
    /// <summary>Services found.</summary>
    public int Services { get; set; }

    /// <summary>Those of them that have no route and get none.</summary>
    public int Refused { get; set; }

    /// <summary>Why, as <c>3 MaxAutoCreatedReached, 1 InvalidSlug</c>; the exporter's events name the services.</summary>
    [Length(0, 512)]
    public string? Reasons { get; set; }
}

/// <summary>Projects that were created for services nobody wrote a route for.</summary>
public sealed class ExporterProjects
{
    /// <summary>Those whose route is gone and which stayed in Sentry: slug to id. They count for projects.maxAutoCreated until their slug is taken out here. When there are 2000, no further project is created
    /// for services nobody wrote a route for.</summary>
    [Items(2000), Element(64)]
    public Dictionary<string, string>? WithoutRoute { get; set; }

    /// <summary>Page of the organisation that these are in. Once the exporter is of another one they count no longer.</summary>
    [Length(0, 2304)]
    public string? OrganizationUrl { get; set; }
}

/// <summary>The gateway's pods.</summary>
public sealed class ExporterGateway
{
    /// <summary>Pods that exist.</summary>
    public int Replicas { get; set; }

    /// <summary>Pods that are ready.</summary>
    public int ReadyReplicas { get; set; }

    /// <summary>Their label selector, in its string form.</summary>
    [Length(0, 1024)]
    public string? Selector { get; set; }

    /// <summary>Both numbers as <c>ready/wanted</c>, for kubectl.</summary>
    [Length(0, 32)]
    public string? Summary { get; set; }
}
