using System.Text;
using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Pods;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster.Volumes;

/// <summary>The files that a volume holds now: ConfigMap, Secret, downward API, tokens, or several of them projected into one.</summary>
internal sealed class VolumeFiles(
    PodObject pod,
    string podIP,
    ObjectCache<V1ConfigMap> configMaps,
    ObjectCache<V1Secret> secrets,
    ServiceAccountTokens tokens,
    MountPaths paths)
{
    /// <summary>Null for a volume that is a folder of its own (emptyDir, a claim).</summary>
    /// <exception cref="ContainerConfigurationException">An object or key is missing.</exception>
    internal async Task<IReadOnlyDictionary<string, byte[]>?> ReadAsync(Volume volume, CancellationToken cancellationToken)
    {
        var files = new Dictionary<string, byte[]>();
        switch (volume)
        {
            case { EmptyDir: not null } or { PersistentVolumeClaim: not null }:
                return null;
            case { ConfigMap: { } configMap }:
                Add(files, configMap, "configmap", ConfigMapContent(configMap));
                return files;
            case { Secret: { } secret }:
                Add(files, secret, "secret", SecretContent(secret));
                return files;
            case { DownwardAPI: { } downward }:
                Add(files, downward);
                return files;
            case { Projected: { } projected }:
                foreach (var source in projected.Sources)
                {
                    await AddAsync(files, source, cancellationToken);
                }
                return files;
            default:
                throw ContainerConfigurationException.Unsupported($"the kind of volume \"{volume.Name}\"");
        }
    }

    private async Task AddAsync(Dictionary<string, byte[]> files, ProjectedSource source, CancellationToken cancellationToken)
    {
        if (source.ConfigMap is { } configMap)
        {
            Add(files, configMap, "configmap", ConfigMapContent(configMap));
        }
        if (source.Secret is { } secret)
        {
            Add(files, secret, "secret", SecretContent(secret));
        }
        if (source.DownwardAPI is { } downward)
        {
            Add(files, downward);
        }
        if (source.ServiceAccountToken is { } token)
        {
            files[token.Path] = Encoding.UTF8.GetBytes(await tokens.GetAsync(token.Audience ?? string.Empty, token.ExpirationSeconds, cancellationToken));
        }
    }

    private void Add(Dictionary<string, byte[]> files, DownwardVolume downward)
    {
        foreach (var item in downward.Items)
        {
            files[item.Path] = Encoding.UTF8.GetBytes(item.FieldRef is { } field
                ? FieldPath.Resolve(field.FieldPath, pod, podIP)
                : throw ContainerConfigurationException.Unsupported($"downward API file {item.Path} without fieldRef"));
        }
    }

    private static void Add(Dictionary<string, byte[]> files, ObjectVolume volume, string kind, IReadOnlyDictionary<string, byte[]>? content)
    {
        if (content is null)
        {
            if (!volume.Optional)
            {
                throw ContainerConfigurationException.Missing(kind, volume.ObjectName);
            }
            return;
        }
        var items = volume.Items.Count > 0 ? volume.Items : content.Keys.Select(key => new KeyToPath(key, key));
        foreach (var item in items)
        {
            if (content.TryGetValue(item.Key, out var bytes))
            {
                files[item.Path] = bytes;
            }
            else if (!volume.Optional)
            {
                throw ContainerConfigurationException.Missing($"{kind} key", $"{volume.ObjectName}/{item.Key}");
            }
        }
    }

    // Configuration files name other mounted files; see MountPaths.
    private Dictionary<string, byte[]>? ConfigMapContent(ObjectVolume volume)
    {
        if (configMaps.Find(pod.Namespace, volume.ObjectName) is not { } found)
        {
            return null;
        }
        var content = new Dictionary<string, byte[]>(found.BinaryData ?? new Dictionary<string, byte[]>());
        foreach (var (key, text) in found.Data ?? new Dictionary<string, string>())
        {
            content[key] = Encoding.UTF8.GetBytes(paths.Translate(text));
        }
        return content;
    }

    private Dictionary<string, byte[]>? SecretContent(ObjectVolume volume) =>
        secrets.Find(pod.Namespace, volume.ObjectName) is { } found ? new(found.Data ?? new Dictionary<string, byte[]>()) : null;
}
