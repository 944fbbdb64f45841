using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Discovery;

/// <summary>The SentryProjectRoute of a discovered service.</summary>
internal static class DiscoveredRoute
{
    /// <summary>
    /// The route, in the exporter's namespace. It goes with the exporter, which does not control it: whoever takes the origin annotation away has a
    /// route of their own.
    /// </summary>
    public static SentryProjectRoute Of(SentryExporter exporter, DiscoveredService service) => new()
    {
        Metadata = new V1ObjectMeta
        {
            Name = RouteObjectName.For(exporter.Metadata.Name!, service.Value),
            Namespace = exporter.Metadata.Namespace,
            Labels = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [SentryOtelGroup.ExporterLabel] = Naming.LabelValue(exporter.Metadata.Name!),
            },
            Annotations = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [SentryOtelGroup.OriginAnnotation] = nameof(RouteOrigin.Discovered),
                [SentryOtelGroup.WorkloadsAnnotation] = service.Workloads,
            },
            OwnerReferences =
            [
                new V1OwnerReference
                {
                    ApiVersion = exporter.ApiVersion,
                    Kind = exporter.Kind,
                    Name = exporter.Metadata.Name!,
                    Uid = exporter.Metadata.Uid!,
                },
            ],
        },
        Spec = new SentryProjectRouteSpec
        {
            ExporterRef = new ExporterReference { Name = exporter.Metadata.Name! },
            AttributeValue = service.Value,
            Project = new RouteProjectSpec { Slug = service.Slug },
        },
    };
}
