using SentryOtel.Cluster;

namespace SentryOtel.Demo.Run;

/// <summary>The manifests of <c>examples/quick-start</c>, as a person would apply them.</summary>
internal sealed class Sample(string examplesFolder, string @namespace, ClusterTools tools)
{
    /// <summary>Creates the namespace, the token's Secret, the exporter, the workloads and the hand-written route.</summary>
    /// <param name="sentryUrl">Base address of Sentry's management API.</param>
    /// <param name="organization">The organisation's slug.</param>
    /// <param name="token">Its token.</param>
    /// <param name="steerToNode">The node the gateway must run on; null when there is no other.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ApplyAsync(Uri sentryUrl, string organization, string token, string? steerToNode, CancellationToken cancellationToken)
    {
        await ApplyAsync($"apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {@namespace}\n", cancellationToken);
        var exporter = (await ReadAsync("exporter.yaml", cancellationToken))
            .Replace("https://sentry.io", sentryUrl.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal)
            .Replace("${SENTRY_ORG}", organization, StringComparison.Ordinal)
            .Replace("${SENTRY_AUTH_TOKEN}", token, StringComparison.Ordinal);
        if (steerToNode is not null)
        {
            exporter += $"  gateway:\n    nodeSelector: {{kubernetes.io/hostname: {steerToNode}}}\n    tolerations: [{{operator: Exists}}]\n";
        }

        await ApplyAsync(exporter, cancellationToken);
        await ApplyAsync(await ReadAsync("workloads.yaml", cancellationToken), cancellationToken);
        await ApplyAsync(await ReadAsync("route.yaml", cancellationToken), cancellationToken);
    }

    private Task<string> ReadAsync(string file, CancellationToken cancellationToken) =>
        File.ReadAllTextAsync(Path.Combine(examplesFolder, file), cancellationToken);

    private Task<string> ApplyAsync(string manifest, CancellationToken cancellationToken) =>
        tools.KubectlAsync(["apply", "--namespace", @namespace, "--filename", "-"], manifest, cancellationToken);
}
