using SentryOtel.Cluster.Objects;

namespace SentryOtel.Cluster.Pods;

/// <summary>The downward API: fields of the pod that its containers may ask for.</summary>
internal static class FieldPath
{
    internal static string Resolve(string path, PodObject pod, string podIP) => path switch
    {
        "metadata.name" => pod.Name,
        "metadata.namespace" => pod.Namespace,
        "metadata.uid" => pod.Uid,
        "metadata.labels" => Lines(pod.Metadata.Labels),
        "metadata.annotations" => Lines(pod.Metadata.Annotations),
        "spec.nodeName" => pod.Spec.NodeName ?? string.Empty,
        "spec.serviceAccountName" => pod.Spec.ServiceAccountName,
        "status.hostIP" => "127.0.0.1",
        "status.podIP" or "status.podIPs" => podIP,
        _ when Subscript(path, "metadata.labels") is { } key => pod.Metadata.Labels?.TryGetValue(key, out var label) == true ? label : string.Empty,
        _ when Subscript(path, "metadata.annotations") is { } key =>
            pod.Metadata.Annotations?.TryGetValue(key, out var annotation) == true ? annotation : string.Empty,
        _ => throw ContainerConfigurationException.Unsupported($"fieldPath {path}"),
    };

    private static string? Subscript(string path, string field) =>
        path.StartsWith(field + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal)
            ? path[(field.Length + 2)..^2]
            : null;

    private static string Lines(IDictionary<string, string>? map) =>
        string.Join('\n', (map ?? new Dictionary<string, string>()).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}=\"{entry.Value}\""));
}
