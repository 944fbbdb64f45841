using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Client;

internal static class ServiceAccounts
{
    /// <summary>Waits for the namespace's default service account, which the controller manager makes and every pod needs.</summary>
    public static Task ServiceAccountReadyAsync(this IKubernetesClient client, string space, CancellationToken cancellationToken) =>
        Eventually.HoldsAsync(
            async () => await client.GetAsync<V1ServiceAccount>("default", space, cancellationToken) is not null,
            TimeSpan.FromSeconds(60),
            "the default service account",
            cancellationToken);
}
