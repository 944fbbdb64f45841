using System.Text.Json;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Tracing;

/// <summary>A workload as a source of telemetry.</summary>
/// <param name="Name"><c>Kind namespace/name</c>.</param>
/// <param name="Label">Value of discovery's label; null without.</param>
internal sealed record TracedWorkload(string Name, string? Label)
{
    /// <summary>What its containers set in OTEL_SERVICE_NAME or OTEL_RESOURCE_ATTRIBUTES.</summary>
    public IReadOnlyList<(string Container, string Service)> Sends { get; init; } = [];

    /// <summary>Containers whose service name comes from elsewhere, so that it can not be read here.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];

    /// <summary>Addresses in OTEL_EXPORTER_OTLP_ENDPOINT.</summary>
    public IReadOnlyList<string> Endpoints { get; init; } = [];

    /// <summary>Whether an annotation keeps discovery away.</summary>
    public bool IsDisabled { get; init; }

    /// <summary>Value of the annotation resource.opentelemetry.io/service.name; null without.</summary>
    public string? Annotation { get; init; }

    /// <summary>Value of the label app.kubernetes.io/name; null without.</summary>
    public string? AppName { get; init; }

    /// <summary>Whether it has to do with a service.</summary>
    public bool Concerns(string service, IReadOnlyList<DiscoverySource> sources) => Announced(sources)?.Service == service || Sends.Any(sends => sends.Service == service);

    /// <summary>As what discovery announces it, and by what: the first source that names a service. Null when none does.</summary>
    public (DiscoverySource Source, string Service)? Announced(IReadOnlyList<DiscoverySource> sources)
    {
        foreach (var source in sources)
        {
            var service = source switch
            {
                DiscoverySource.Label => Label,
                DiscoverySource.Annotation => Annotation,
                DiscoverySource.AppName => AppName,
                _ => Sends.Count > 0 ? Sends[0].Service : null,
            };
            if (service is { Length: > 0 })
            {
                return (source, service);
            }
        }

        return null;
    }

    public static TracedWorkload Of(string kind, V1ObjectMeta metadata, V1PodTemplateSpec? template, string labelKey)
    {
        List<(string, string)> sends = [];
        List<string> unreadable = [], endpoints = [];
        foreach (var container in template?.Spec?.Containers ?? [])
        {
            foreach (var variable in container.Env ?? [])
            {
                switch (variable)
                {
                    case { Name: "OTEL_SERVICE_NAME" or "OTEL_RESOURCE_ATTRIBUTES", ValueFrom: { ValueKind: JsonValueKind.Object } }:
                        unreadable.Add(container.Name);
                        break;
                    case { Name: "OTEL_SERVICE_NAME", Value: { Length: > 0 } name }:
                        sends.Insert(0, (container.Name, name));
                        break;
                    case { Name: "OTEL_RESOURCE_ATTRIBUTES", Value: { Length: > 0 } attributes } when ServiceOf(attributes) is { } name && !Named(container):
                        sends.Add((container.Name, name));
                        break;
                    case { Name: "OTEL_EXPORTER_OTLP_ENDPOINT", Value: { Length: > 0 } endpoint }:
                        endpoints.Add(endpoint);
                        break;
                }
            }
        }

        return new TracedWorkload($"{kind} {metadata.Namespace}/{metadata.Name}", metadata.Labels?.TryGetValue(labelKey, out var label) == true ? label : null)
        {
            Annotation = Find(template?.Metadata?.Annotations, metadata.Annotations, "resource.opentelemetry.io/service.name"),
            AppName = Find(template?.Metadata?.Labels, metadata.Labels, "app.kubernetes.io/name"),
            Sends = sends,
            Unreadable = unreadable,
            Endpoints = endpoints,
            IsDisabled = metadata.Annotations?.TryGetValue(SentryOtelGroup.DiscoveryAnnotation, out var discovery) == true && discovery == SentryOtelGroup.DiscoveryDisabled,
        };
    }

    private static string? Find(IDictionary<string, string>? template, IDictionary<string, string>? workload, string key) =>
        template?.TryGetValue(key, out var inner) == true && !string.IsNullOrWhiteSpace(inner) ? inner
        : workload?.TryGetValue(key, out var outer) == true && !string.IsNullOrWhiteSpace(outer) ? outer
        : null;

    // OTEL_SERVICE_NAME goes before service.name in OTEL_RESOURCE_ATTRIBUTES.
    private static bool Named(V1Container container) => container.Env?.Any(static variable => variable is { Name: "OTEL_SERVICE_NAME", Value.Length: > 0 }) == true;

    private static string? ServiceOf(string attributes) => attributes.Split(',', StringSplitOptions.TrimEntries)
        .Where(static pair => pair.StartsWith("service.name=", StringComparison.Ordinal))
        .Select(static pair => Uri.UnescapeDataString(pair["service.name=".Length..]))
        .FirstOrDefault();
}
