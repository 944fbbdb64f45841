using System.Collections.Concurrent;
using System.Net;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Traffic;

/// <summary>A gateway that lives, as its Lease names it.</summary>
/// <param name="Pod">Its pod.</param>
/// <param name="Uid">Uid of the pod; null when the Lease does not tell.</param>
internal sealed record LiveGateway(ObjectKey Pod, string? Uid)
{
    /// <summary>Another pod of the same name is another gateway. A uid alone is none: a Lease of another namespace can claim it.</summary>
    public string Id => $"{Pod}/{Uid}";

    /// <summary>The gateway of a Lease; null when its holder is none. A pod's name becomes part of an address, and whoever may write Leases can write any holder.</summary>
    public static LiveGateway? Of(V1Lease lease) => lease.Spec?.HolderIdentity is { Length: > 0 } pod && IsPodName(pod)
        ? new LiveGateway(
            new ObjectKey(lease.Metadata.Namespace, pod),
            lease.Metadata.OwnerReferences?.FirstOrDefault(owner => owner.Kind == "Pod" && owner.Name == pod)?.Uid)
        : null;

    // A DNS subdomain (RFC 1123), as the API server demands of pods.
    private static bool IsPodName(string name) => name.Length <= 253
        && name.All(static character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '-' or '.')
        && name.Split('.').All(static label => label.Length > 0 && label[0] != '-' && label[^1] != '-');
}

/// <summary>Addresses of gateways' pods. Each is asked for once: a pod keeps its address.</summary>
internal sealed class GatewayPods(IKubernetesClient client)
{
    private readonly ConcurrentDictionary<string, IPAddress> _known = new(StringComparer.Ordinal);

    /// <summary>The address, or why there is none.</summary>
    public async Task<(IPAddress? Address, GatewayAnswer? Failure)> FindAsync(SentryExporter exporter, LiveGateway gateway, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(gateway.Id, out var known))
        {
            return (known, null);
        }

        V1Pod? pod;
        try
        {
            pod = await client.GetAsync<V1Pod>(gateway.Pod.Name, gateway.Pod.Namespace, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubernetesException or HttpRequestException or IOException or TimeoutException)
        {
            return (null, GatewayAnswer.Failed(ReadFailure.NoAddress, exception.Message));
        }

        if (pod is null || (gateway.Uid is not null && pod.Metadata.Uid != gateway.Uid))
        {
            return (null, GatewayAnswer.Failed(ReadFailure.Gone, "there is no such pod any more"));
        }

        // Whoever may write Leases must not choose whom the operator asks.
        if (!IsOf(exporter, pod))
        {
            return (null, GatewayAnswer.Failed(ReadFailure.Gone, "the pod does not belong to the exporter"));
        }

        if (!IPAddress.TryParse(pod.Status?.PodIP, out var address))
        {
            return (null, GatewayAnswer.Failed(ReadFailure.NoAddress, "the pod has no address yet"));
        }

        return (_known[gateway.Id] = address, null);
    }

    /// <summary>It did not answer: its address is asked for anew next time.</summary>
    public void Forget(LiveGateway gateway) => _known.TryRemove(gateway.Id, out _);

    /// <summary>Only these live.</summary>
    public void Keep(IReadOnlySet<string> gateways)
    {
        foreach (var id in _known.Keys)
        {
            if (!gateways.Contains(id))
            {
                _known.TryRemove(id, out _);
            }
        }
    }

    private static bool IsOf(SentryExporter exporter, V1Pod pod) => ManifestMetadata.Selector(exporter)
        .All(label => pod.Metadata.Labels?.TryGetValue(label.Key, out var value) == true && value == (string?)label.Value);
}
