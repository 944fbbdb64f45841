using SentryOtel.Kubernetes.Discovery;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>Asks the server which versions it serves of the kinds that have moved between Kubernetes 1.20 and today.</summary>
internal static class VersionChoice
{
    public static async Task<ServedVersions> AskAsync(IApiDiscovery discovery, CancellationToken cancellationToken) => new(
        await FirstAsync(discovery, "policy", "PodDisruptionBudget", ["v1", "v1beta1"], cancellationToken).ConfigureAwait(false),
        await FirstAsync(discovery, "autoscaling", "HorizontalPodAutoscaler", ["v2", "v2beta2"], cancellationToken).ConfigureAwait(false));

    private static async Task<string?> FirstAsync(
        IApiDiscovery discovery, string group, string kind, IEnumerable<string> versions, CancellationToken cancellationToken)
    {
        foreach (var version in versions)
        {
            if (await discovery.ServesAsync(group, version, kind, cancellationToken).ConfigureAwait(false))
            {
                return $"{group}/{version}";
            }
        }

        return null;
    }
}
