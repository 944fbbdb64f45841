using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Discovery;

/// <summary>All that is kept of a pod template: what it, or its workload where it is silent, says of the service's name.</summary>
/// <param name="Annotation">By <see cref="AnnotationKey"/>; null for nothing.</param>
/// <param name="AppName">By the label <see cref="AppNameKey"/>; null for nothing.</param>
/// <param name="Environment">By the environment of a container; null for nothing.</param>
/// <param name="Unread">Why the environment's name can not be read, for people; null when it can, or there is none.</param>
internal sealed record TemplateNames(string? Annotation, string? AppName, string? Environment, string? Unread)
{
    /// <summary>What OpenTelemetry's operator reads as well.</summary>
    public const string AnnotationKey = "resource.opentelemetry.io/service.name";

    /// <summary>Kubernetes' recommended label.</summary>
    public const string AppNameKey = "app.kubernetes.io/name";

    private static readonly TemplateNames Nothing = new(null, null, null, null);

    /// <summary>Reads a workload.</summary>
    public static TemplateNames Of(V1ObjectMeta workload, PodTemplate? template)
    {
        var (environment, unread) = template is null ? (null, null) : ContainerEnvironment.Read(template);
        var names = new TemplateNames(
            Find(template?.Metadata?.Annotations, AnnotationKey) ?? Find(workload.Annotations, AnnotationKey),
            Find(template?.Metadata?.Labels, AppNameKey) ?? Find(workload.Labels, AppNameKey),
            environment,
            unread);
        return names == Nothing ? Nothing : names;
    }

    private static string? Find(IDictionary<string, string>? map, string key) =>
        map?.TryGetValue(key, out var value) == true && !string.IsNullOrWhiteSpace(value) ? value : null;
}
