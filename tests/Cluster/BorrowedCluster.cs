namespace SentryOtel.Cluster;

/// <summary>
/// A cluster that somebody else runs: an operator is tried in it only where nothing of that operator is, and it is returned as it was found.
/// </summary>
public sealed class BorrowedCluster
{
    private readonly ClusterTools _tools;
    private readonly BorrowedClusterOptions _options;

    private BorrowedCluster(ClusterTools tools, BorrowedClusterOptions options) => (_tools, _options) = (tools, options);

    /// <summary>Takes a cluster.</summary>
    /// <exception cref="InvalidOperationException">Something is there that would be made, and deleted at the end: it may be somebody's.</exception>
    public static async Task<BorrowedCluster> TakeAsync(ClusterTools tools, BorrowedClusterOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(tools);
        ArgumentNullException.ThrowIfNull(options);
        var found = await tools.KubectlAsync(["get", .. options.Definitions, .. options.NamespaceNames, "--ignore-not-found", "--output=name"], null, cancellationToken);
        return found.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is { Length: > 0 } names
            ? throw new InvalidOperationException(
                $"The current context has {string.Join(", ", names)} already, which would be used here and deleted at the end: use another cluster, or remove them.")
            : new BorrowedCluster(tools, options);
    }

    /// <summary>Deletes what was made; the operator must still run, because it alone lets go of some of it.</summary>
    /// <returns>What could not be deleted, a line each; empty when the cluster is as it was found.</returns>
    public async Task<IReadOnlyList<string>> ReturnAsync()
    {
        List<string> failures = [];
        // Not there any more when whoever used the cluster has removed them.
        if ((await _tools.TryKubectlAsync(["get", .. _options.Definitions])).ExitCode == 0)
        {
            await KubectlAsync(["delete", string.Join(',', _options.Kinds), "--all", "--all-namespaces", "--timeout=60s"]);
        }

        Check("helm uninstall", await _tools.TryHelmAsync(["uninstall", _options.Release, "--namespace", _options.ReleaseNamespace, "--ignore-not-found", "--wait"]));
        await KubectlAsync(["delete", .. _options.NamespaceNames, .. _options.Definitions, .. _options.Nodes.Select(static name => $"node/{name}"), "--ignore-not-found", "--timeout=120s"]);
        return failures;

        async Task KubectlAsync(string[] arguments) => Check($"kubectl {string.Join(' ', arguments)}", await _tools.TryKubectlAsync(arguments));

        void Check(string command, Processes.CommandResult result)
        {
            if (result.ExitCode != 0)
            {
                failures.Add($"{command}: {result.Error.Trim()}");
            }
        }
    }
}

/// <summary>What is made in a <see cref="BorrowedCluster"/>.</summary>
public sealed record BorrowedClusterOptions
{
    /// <summary>The operator's release.</summary>
    public string Release { get; init; } = "sentry-otel-operator";

    /// <summary>The release's namespace.</summary>
    public string ReleaseNamespace { get; init; } = "sentry-system";

    /// <summary>Namespaces beside that of the release.</summary>
    public required IReadOnlyList<string> Namespaces { get; init; }

    /// <summary>Nodes that stand for this machine.</summary>
    public IReadOnlyList<string> Nodes { get; init; } = [];

    internal IReadOnlyList<string> Kinds { get; } = ["sentryexporters", "sentryprojectroutes"];

    internal IEnumerable<string> Definitions => Kinds.Select(static kind => $"crd/{kind}.sentry-otel.dev");

    internal IEnumerable<string> NamespaceNames => Namespaces.Prepend(ReleaseNamespace).Select(static name => $"namespace/{name}");
}
