using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Pods;

namespace SentryOtel.Cluster.Volumes;

/// <summary>The volumes of one pod as folders of this machine.</summary>
internal sealed class PodVolumes
{
    private readonly PodObject _pod;
    private readonly Dictionary<string, AtomicFolder> _written = [];
    private readonly Dictionary<string, string> _folders = [];

    /// <param name="pod">The pod.</param>
    /// <param name="folder">Where its volumes go; deleted with the pod.</param>
    /// <param name="claims">Where persistent volumes are; they outlive the pod.</param>
    internal PodVolumes(PodObject pod, string folder, string claims)
    {
        _pod = pod;
        foreach (var volume in pod.Spec.Volumes)
        {
            var path = volume.PersistentVolumeClaim is { } claim
                ? Path.Combine(claims, pod.Namespace, claim.ClaimName)
                : Path.Combine(folder, volume.Name);
            Directory.CreateDirectory(path);
            _folders[volume.Name] = path;
            if (volume.EmptyDir is null && volume.PersistentVolumeClaim is null)
            {
                _written[volume.Name] = new AtomicFolder(path);
            }
        }
        AllPaths = new MountPaths(pod.Spec.Containers.SelectMany(Mounts).DistinctBy(mount => mount.Key));
    }

    /// <summary>The mounts of all containers, for the files that they share.</summary>
    internal MountPaths AllPaths { get; }

    /// <summary>Mount path to folder, of one container.</summary>
    internal IEnumerable<KeyValuePair<string, string>> Mounts(Container container) =>
        from mount in container.VolumeMounts
        where _folders.ContainsKey(mount.Name)
        select KeyValuePair.Create(mount.MountPath, Path.Combine(_folders[mount.Name], mount.SubPath ?? string.Empty));

    /// <summary>Brings the files up to date with the objects they come from.</summary>
    /// <exception cref="ContainerConfigurationException">An object or key is missing.</exception>
    internal async Task RefreshAsync(VolumeFiles files, CancellationToken cancellationToken)
    {
        foreach (var volume in _pod.Spec.Volumes)
        {
            if (await files.ReadAsync(volume, cancellationToken) is { } content)
            {
                _written[volume.Name].Write(content);
            }
        }
    }
}
