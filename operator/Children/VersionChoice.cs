using SentryOtel.Crds;
using SentryOtel.Kubernetes.Discovery;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>Asks the server which versions it serves of the kinds that have moved between Kubernetes 1.20 and today, or that not every cluster has.</summary>
internal static class VersionChoice
{
    private const string Monitoring = "monitoring.coreos.com";

    private static readonly (int Major, int Minor) ClaimRetention = (1, 27);

    public static async Task<ServedVersions> AskAsync(IApiDiscovery discovery, SentryExporterSpec spec, CancellationToken cancellationToken) => new(
        await FirstAsync(discovery, "policy", "PodDisruptionBudget", ["v1", "v1beta1"], cancellationToken).ConfigureAwait(false),
        await FirstAsync(discovery, "autoscaling", "HorizontalPodAutoscaler", ["v2", "v2beta2"], cancellationToken).ConfigureAwait(false))
    {
        ServiceMonitor = await FirstAsync(discovery, Monitoring, "ServiceMonitor", ["v1"], cancellationToken).ConfigureAwait(false),
        PodMonitor = await FirstAsync(discovery, Monitoring, "PodMonitor", ["v1"], cancellationToken).ConfigureAwait(false),
        ClaimRetention = spec.Queue.Storage == QueueStorage.Disk && await HasClaimRetentionAsync(discovery, cancellationToken).ConfigureAwait(false),
    };

    private static async Task<bool> HasClaimRetentionAsync(IApiDiscovery discovery, CancellationToken cancellationToken)
    {
        var version = await discovery.GetServerVersionAsync(cancellationToken).ConfigureAwait(false);
        return (version.Major, version.Minor).CompareTo(ClaimRetention) >= 0;
    }

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
