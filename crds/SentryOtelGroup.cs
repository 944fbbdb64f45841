namespace SentryOtel.Crds;

/// <summary>Names that the custom resources have in common with whoever reads or writes them.</summary>
public static class SentryOtelGroup
{
    /// <summary>API group.</summary>
    public const string Group = "sentry-otel.dev";

    /// <summary>API version.</summary>
    public const string Version = "v1alpha1";

    /// <summary><c>apiVersion</c> of both kinds.</summary>
    public const string ApiVersion = Group + "/" + Version;

    /// <summary>Label on everything created for an exporter; its value is the exporter's name, shortened with a hash when too long for a label.</summary>
    public const string ExporterLabel = Group + "/exporter";

    /// <summary>Annotation on routes that no person wrote: a <see cref="RouteOrigin"/>.</summary>
    public const string OriginAnnotation = Group + "/origin";

    /// <summary>Annotation on a workload: <see cref="DiscoveryDisabled"/> keeps it from getting a route.</summary>
    public const string DiscoveryAnnotation = Group + "/discovery";

    /// <summary>Value of <see cref="DiscoveryAnnotation"/>.</summary>
    public const string DiscoveryDisabled = "disabled";

    /// <summary>Annotation on a discovered route: the workloads that carry its value, for people.</summary>
    public const string WorkloadsAnnotation = Group + "/workloads";

    /// <summary>
    /// Annotation on either kind: with <c>true</c> the operator says in status and events what it would do in Sentry, and does nothing. On an exporter it holds for
    /// all its routes.
    /// </summary>
    public const string PlanAnnotation = Group + "/plan";
}
