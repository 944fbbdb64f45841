using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Discovery;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Tests.Discovery;

/// <summary>Exporters, workloads and routes to compute plans from.</summary>
internal static class DiscoveryModel
{
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static SentryExporter Exporter(Action<SentryExporterSpec>? change = null)
    {
        var exporter = new SentryExporter
        {
            Metadata = { Name = "main", Namespace = "shop", Uid = "exporter-uid" },
            Spec = { OrgSlug = "acme", AuthTokenSecretRef = new SecretKeyReference { Name = "token", Key = "token" } },
        };
        change?.Invoke(exporter.Spec);
        return exporter;
    }

    public static Workload Deployment(string service, string space = "shop", string? name = null) =>
        Workload(WorkloadKind.Deployment, service, space, name);

    public static Workload Workload(WorkloadKind kind, string service, string space = "shop", string? name = null) => new(kind, new V1ObjectMeta
    {
        Name = name ?? service.ToLowerInvariant(),
        Namespace = space,
        Labels = new Dictionary<string, string> { ["service.name"] = service },
    });

    public static SentryProjectRoute Route(string value, RouteOrigin origin = RouteOrigin.Discovered, string? slug = null, string space = "shop") => new()
    {
        Metadata =
        {
            Name = RouteObjectName.For("main", value),
            Namespace = space,
            Uid = $"uid-of-{value}",
            Annotations = origin == RouteOrigin.Manual
                ? null
                : new Dictionary<string, string> { ["sentry-otel.dev/origin"] = origin.ToString(), ["sentry-otel.dev/workloads"] = $"Deployment shop/{value}" },
        },
        Spec =
        {
            ExporterRef = new ExporterReference { Name = "main", Namespace = "shop" },
            AttributeValue = value,
            Project = new RouteProjectSpec { Slug = slug ?? value },
        },
    };

    public static SentryProjectRoute UnusedSince(this SentryProjectRoute route, string since)
    {
        route.Metadata.Annotations!.Remove("sentry-otel.dev/workloads");
        route.Metadata.Annotations["sentry-otel.dev/unused-since"] = since;
        return route;
    }

    public static DiscoveryPlan Plan(SentryExporter exporter, IEnumerable<Workload> workloads, params SentryProjectRoute[] routes) =>
        DiscoveryPlan.Compute(exporter, workloads, Namespaces, routes, Now);

    private static readonly Dictionary<string, IDictionary<string, string>> Namespaces = new()
    {
        ["shop"] = new Dictionary<string, string>(),
        ["billing"] = new Dictionary<string, string> { ["sentry"] = "yes" },
        ["other"] = new Dictionary<string, string>(),
    };
}
