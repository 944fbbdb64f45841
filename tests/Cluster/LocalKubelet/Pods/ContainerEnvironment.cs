using System.Text;
using SentryOtel.Cluster.Objects;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster.Pods;

/// <summary>Resolves a container's env and envFrom against the ConfigMaps and Secrets of its namespace.</summary>
internal static class ContainerEnvironment
{
    internal static Dictionary<string, string> Resolve(
        PodObject pod, Container container, string podIP, ObjectCache<V1ConfigMap> configMaps, ObjectCache<V1Secret> secrets)
    {
        var result = new Dictionary<string, string>();
        foreach (var source in container.EnvFrom)
        {
            foreach (var (key, value) in Whole(pod.Namespace, source, configMaps, secrets))
            {
                result[source.Prefix + key] = value;
            }
        }
        foreach (var variable in container.Env)
        {
            if (Value(pod, variable, podIP, result, configMaps, secrets) is { } value)
            {
                result[variable.Name] = value;
            }
        }
        return result;
    }

    private static IEnumerable<KeyValuePair<string, string>> Whole(
        string @namespace, EnvironmentFromSource source, ObjectCache<V1ConfigMap> configMaps, ObjectCache<V1Secret> secrets)
    {
        if (source.ConfigMapRef is { } configMap)
        {
            return configMaps.Find(@namespace, configMap.Name) is { } found
                ? found.Data ?? new Dictionary<string, string>()
                : configMap.Optional ? [] : throw ContainerConfigurationException.Missing("configmap", configMap.Name);
        }
        if (source.SecretRef is { } secret)
        {
            return secrets.Find(@namespace, secret.Name) is { } found
                ? (found.Data ?? new Dictionary<string, byte[]>()).ToDictionary(entry => entry.Key, entry => Encoding.UTF8.GetString(entry.Value))
                : secret.Optional ? [] : throw ContainerConfigurationException.Missing("secret", secret.Name);
        }
        return [];
    }

    private static string? Value(
        PodObject pod,
        EnvironmentVariable variable,
        string podIP,
        Dictionary<string, string> earlier,
        ObjectCache<V1ConfigMap> configMaps,
        ObjectCache<V1Secret> secrets)
    {
        switch (variable.ValueFrom)
        {
            case null:
                return VariableExpansion.Expand(variable.Value ?? string.Empty, earlier);
            case { FieldRef: { } field }:
                return FieldPath.Resolve(field.FieldPath, pod, podIP);
            case { ConfigMapKeyRef: { } key }:
                return configMaps.Find(pod.Namespace, key.Name)?.Data?.TryGetValue(key.Key, out var text) == true
                    ? text
                    : key.Optional ? null : throw ContainerConfigurationException.Missing("configmap key", $"{key.Name}/{key.Key}");
            case { SecretKeyRef: { } key }:
                return secrets.Find(pod.Namespace, key.Name)?.Data?.TryGetValue(key.Key, out var bytes) == true
                    ? Encoding.UTF8.GetString(bytes)
                    : key.Optional ? null : throw ContainerConfigurationException.Missing("secret key", $"{key.Name}/{key.Key}");
            default:
                throw ContainerConfigurationException.Unsupported($"valueFrom of variable {variable.Name}");
        }
    }
}
