using System.Globalization;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>Volume claims of a gateway that no pod of it will use: what they hold reaches Sentry no more unless somebody sees to it.</summary>
internal static class LeftClaims
{
    /// <param name="client">The API server.</param>
    /// <param name="inputs">The gateway.</param>
    /// <param name="pods">Pods that the StatefulSet has or shall have; none without one.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public static async Task<IReadOnlyList<string>> FindAsync(IKubernetesClient client, GatewayInputs inputs, int pods, CancellationToken cancellationToken)
    {
        var options = new ListOptions { LabelSelector = ManifestMetadata.SelectorText(inputs.Exporter) };
        var claims = await client.ListAllAsync<PersistentVolumeClaimMetadata>(inputs.Exporter.Metadata.Namespace, options, cancellationToken).ConfigureAwait(false);
        return Of(claims.Items.Where(static claim => claim.Metadata.DeletionTimestamp is null).Select(static claim => claim.Metadata.Name!), inputs.Name, pods);
    }

    /// <summary>Those of the names that are claims of the gateway beyond its pods, in the order of the pods.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> names, string gateway, int pods)
    {
        var prefix = $"{GatewayStatefulSet.QueueVolume}-{gateway}-";
        return
        [
            .. names
                .Where(name => name.StartsWith(prefix, StringComparison.Ordinal))
                .Select(name => (Name: name, Pod: int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var pod) ? pod : -1))
                .Where(claim => claim.Pod >= pods)
                .OrderBy(static claim => claim.Pod)
                .Select(static claim => claim.Name),
        ];
    }
}
