using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>Labels, owner and names that everything created for an exporter has in common.</summary>
internal static class ManifestMetadata
{
    public const string ManagedBy = "sentry-otel-operator";

    private const string Component = "gateway";
    private const string Application = "sentry-otel-gateway";

    /// <summary>Labels that select the gateway's pods. A Deployment's selector can not be changed: these never do.</summary>
    public static JsonObject Selector(SentryExporter exporter) => new()
    {
        ["app.kubernetes.io/component"] = Component,
        ["app.kubernetes.io/instance"] = Naming.Instance(exporter),
        ["app.kubernetes.io/name"] = Application,
    };

    /// <summary>All labels; the user's own give way to the operator's.</summary>
    public static JsonObject Labels(SentryExporter exporter)
    {
        var labels = new JsonObject();
        foreach (var (key, value) in (exporter.Spec.Gateway.Labels ?? []).OrderBy(static label => label.Key, StringComparer.Ordinal))
        {
            labels[key] = value;
        }

        foreach (var (key, value) in Selector(exporter))
        {
            labels[key] = value!.DeepClone();
        }

        labels["app.kubernetes.io/managed-by"] = ManagedBy;
        if (!exporter.Spec.Gateway.Shared)
        {
            labels[SentryOtelGroup.ExporterLabel] = Naming.LabelValue(exporter.Metadata.Name!);
        }

        return labels;
    }

    /// <summary>The selector in the form of <c>kubectl get -l</c>.</summary>
    public static string SelectorText(SentryExporter exporter) =>
        string.Join(',', Selector(exporter).Select(static label => $"{label.Key}={label.Value}"));

    /// <summary>The beginning of a child's manifest: type, name, labels, and the exporter as its controller; those that share the gateway own it too, so that it outlives any of them.</summary>
    public static JsonObject Child(GatewayInputs inputs, string apiVersion, string kind, IReadOnlyDictionary<string, string>? annotations = null, string? name = null)
    {
        var metadata = new JsonObject
        {
            ["name"] = name ?? inputs.Name,
            ["namespace"] = inputs.Exporter.Metadata.Namespace,
            ["labels"] = Labels(inputs.Exporter),
            ["ownerReferences"] = new JsonArray([Owner(inputs.Exporter, isController: true), .. inputs.Guests.Select(static guest => Owner(guest, isController: false))]),
        };
        if (annotations is { Count: > 0 })
        {
            metadata["annotations"] = Map(annotations);
        }

        return new JsonObject { ["apiVersion"] = apiVersion, ["kind"] = kind, ["metadata"] = metadata };
    }

    /// <summary>A map as JSON, in the order of its keys.</summary>
    public static JsonObject Map(IReadOnlyDictionary<string, string> map) =>
        new(map.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => KeyValuePair.Create(entry.Key, (JsonNode?)entry.Value)));

    private static JsonObject Owner(SentryExporter exporter, bool isController) => JsonMap.Filled(
        ("apiVersion", SentryOtelGroup.ApiVersion),
        ("kind", exporter.Kind),
        ("name", exporter.Metadata.Name),
        ("uid", exporter.Metadata.Uid),
        ("controller", isController ? true : null),
        ("blockOwnerDeletion", isController ? true : null));
}
