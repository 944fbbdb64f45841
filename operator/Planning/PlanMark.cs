using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Planning;

/// <summary>Whether somebody wants to be told first: nothing is changed in Sentry then, nor rolled out.</summary>
internal static class PlanMark
{
    /// <summary>The exporter and all its routes are only planned.</summary>
    public static bool IsOn(SentryExporter? exporter) => exporter is not null && IsSet(exporter.Metadata);

    /// <summary>The route is only planned, by its own annotation or by its exporter's.</summary>
    public static bool IsOn(SentryProjectRoute route, SentryExporter? exporter) => IsSet(route.Metadata) || IsOn(exporter);

    private static bool IsSet(V1ObjectMeta metadata) =>
        metadata.Annotations?.TryGetValue(SentryOtelGroup.PlanAnnotation, out var value) == true && value == "true";
}
