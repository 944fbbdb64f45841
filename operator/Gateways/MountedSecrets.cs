using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.References;

namespace SentryOtel.Operator.Gateways;

/// <summary>
/// Brings a renewed Secret into the gateway's pods at once. A kubelet refreshes what a pod mounts when it next looks at the pod, a minute or more later, or when the
/// pod changes: so an annotation of the pods is changed, as Kubernetes' documentation of mounted ConfigMaps advises.
/// </summary>
/// <param name="client">Where the pods are.</param>
/// <param name="lag">How long a kubelet's own watch of a Secret may be behind ours: told before, it would mount what it still has.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="logger">Where it is told when pods may not be patched.</param>
internal sealed class MountedSecrets(IKubernetesClient client, TimeSpan lag, TimeProvider timeProvider, ILogger logger)
{
    /// <summary>Says which versions of the mounted objects a pod was told of; made of versions, never of content.</summary>
    public const string Annotation = SentryOtelGroup.Group + "/mounted-versions";

    private readonly ConcurrentDictionary<ObjectKey, Told> _told = new();

    /// <summary>
    /// Tells running pods when the objects are others than they were told of, a moment after that was seen. The first pass only remembers: kubelets have had their
    /// minute since.
    /// </summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="files">What the pods mount for it.</param>
    /// <param name="versions">What was read.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>How long to wait before pods are told; null when there is nothing to tell.</returns>
    /// <exception cref="KubernetesException">A pod could not be told; the next pass tries again.</exception>
    public async Task<TimeSpan?> RefreshAsync(
        SentryExporter exporter, IEnumerable<GatewayFile> files, IReadOnlyDictionary<ObjectReference, string> versions, CancellationToken cancellationToken)
    {
        var (key, uid) = (ObjectKey.Of(exporter), exporter.Metadata.Uid!);
        var mounted = ExporterReferences.Mounted(exporter, files);
        if (!mounted.All(versions.ContainsKey))
        {
            return null;
        }

        var digest = Digest(mounted.Select(reference => $"{reference} {versions[reference]}"));
        if (!_told.TryGetValue(key, out var told) || told.Uid != uid || told.Digest == digest)
        {
            _told[key] = new Told(uid, digest);
            return null;
        }

        if (told.Next?.Digest != digest)
        {
            _told[key] = told with { Next = (digest, timeProvider.GetTimestamp()) };
            return lag;
        }

        if (lag - timeProvider.GetElapsedTime(told.Next.Value.Seen) is var left && left > TimeSpan.Zero)
        {
            return left;
        }

        await TellPodsAsync(exporter, digest, cancellationToken).ConfigureAwait(false);
        _told[key] = new Told(uid, digest);
        return null;
    }

    public void Forget(ObjectKey exporter) => _told.TryRemove(exporter, out _);

    private async Task TellPodsAsync(SentryExporter exporter, string digest, CancellationToken cancellationToken)
    {
        var options = new ListOptions { LabelSelector = ManifestMetadata.SelectorText(exporter) };
        var pods = await client.ListAllAsync<V1PodMetadata>(exporter.Metadata.Namespace, options, cancellationToken).ConfigureAwait(false);
        foreach (var pod in pods.Items.Where(pod => pod.Metadata.DeletionTimestamp is null && !IsTold(pod, digest)))
        {
            await TellAsync(pod, digest, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task TellAsync(V1PodMetadata pod, string digest, CancellationToken cancellationToken)
    {
        var patch = new JsonObject
        {
            ["metadata"] = new JsonObject { ["uid"] = pod.Metadata.Uid, ["annotations"] = new JsonObject { [Annotation] = digest } },
        };
        try
        {
            await client.PatchAsync<V1PodMetadata>(
                pod.Metadata.Name!, pod.Metadata.Namespace, patch, new PatchOptions { FieldManager = OperatorOptions.FieldManager }, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException exception) when (exception.IsNotFound || exception.IsConflict)
        {
            // Whoever comes in its place mounts what is there now.
            Log.PodWentMeanwhile(logger, ObjectKey.Of(pod));
        }
        catch (KubernetesException exception) when (exception.IsForbidden)
        {
            // The rest of the exporter's pass must not fail for want of a right that only saves time.
            Log.PodMayNotBeTold(logger, exception, ObjectKey.Of(pod));
        }
    }

    private static bool IsTold(V1PodMetadata pod, string digest) => pod.Metadata.Annotations?.TryGetValue(Annotation, out var told) == true && told == digest;

    private static string Digest(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines.Order(StringComparer.Ordinal)))).AsSpan(0, 8));

    /// <param name="Uid">Of the exporter.</param>
    /// <param name="Digest">What its pods have been told of.</param>
    private sealed record Told(string Uid, string Digest)
    {
        /// <summary>What they are to be told of, and since when it is seen.</summary>
        public (string Digest, long Seen)? Next { get; init; }
    }
}
