using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>A ServiceMonitor of the Prometheus operator, when the exporter asks for one and the server serves the kind.</summary>
internal static class GatewayServiceMonitor
{
    public static JsonObject? Create(GatewayInputs inputs) =>
        inputs is { Gateway.Monitor: { Kind: GatewayMonitorKind.ServiceMonitor } wanted, Versions.ServiceMonitor: { } version }
            ? MonitorManifest.Create(inputs, wanted, version, "ServiceMonitor", "endpoints")
            : null;
}

/// <summary>A PodMonitor of the Prometheus operator, when the exporter asks for one and the server serves the kind.</summary>
internal static class GatewayPodMonitor
{
    public static JsonObject? Create(GatewayInputs inputs) =>
        inputs is { Gateway.Monitor: { Kind: GatewayMonitorKind.PodMonitor } wanted, Versions.PodMonitor: { } version }
            ? MonitorManifest.Create(inputs, wanted, version, "PodMonitor", "podMetricsEndpoints")
            : null;
}

/// <summary>What both kinds have in common: a selector and an endpoint.</summary>
internal static class MonitorManifest
{
    public static JsonObject Create(GatewayInputs inputs, GatewayMonitorSpec wanted, string version, string kind, string endpoints)
    {
        var monitor = ManifestMetadata.Child(inputs, version, kind);
        var labels = monitor["metadata"]!["labels"]!.AsObject();
        foreach (var (key, value) in (wanted.Labels ?? []).Where(label => !labels.ContainsKey(label.Key)).OrderBy(static label => label.Key, StringComparer.Ordinal))
        {
            labels[key] = value;
        }

        monitor["spec"] = new JsonObject
        {
            ["selector"] = new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) },
            [endpoints] = new JsonArray(JsonMap.Filled(("port", GatewayPorts.MetricsName), ("path", "/metrics"), ("interval", wanted.Interval))),
        };
        return monitor;
    }
}
