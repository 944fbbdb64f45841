using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster;

/// <summary>kubectl and helm, pointed at one server, with caches of their own.</summary>
/// <param name="home">A folder for their caches.</param>
/// <param name="kubeconfig">The kubeconfig they use.</param>
public sealed class ClusterTools(string home, string kubeconfig)
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["HOME"] = home,
        ["KUBECONFIG"] = kubeconfig,
        ["HELM_CACHE_HOME"] = Path.Combine(home, "helm-cache"),
        ["HELM_CONFIG_HOME"] = Path.Combine(home, "helm-config"),
        ["HELM_DATA_HOME"] = Path.Combine(home, "helm-data"),
    };

    /// <summary>Runs kubectl and returns what it answered, success or not.</summary>
    public Task<CommandResult> TryKubectlAsync(IEnumerable<string> arguments, string? standardInput = null, CancellationToken cancellationToken = default)
        => CommandResult.RunAsync(ClusterPrograms.Kubectl, arguments, standardInput, _environment, cancellationToken);

    /// <summary>Runs kubectl, which must succeed, and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its standard error.</exception>
    public async Task<string> KubectlAsync(IEnumerable<string> arguments, string? standardInput = null, CancellationToken cancellationToken = default)
    {
        string[] list = [.. arguments];
        return (await TryKubectlAsync(list, standardInput, cancellationToken)).Succeeded("kubectl " + string.Join(' ', list));
    }

    /// <summary>Runs helm and returns what it answered, success or not.</summary>
    public Task<CommandResult> TryHelmAsync(IEnumerable<string> arguments, string? standardInput = null, CancellationToken cancellationToken = default)
        => CommandResult.RunAsync(ClusterPrograms.Helm, arguments, standardInput, _environment, cancellationToken);

    /// <summary>Runs helm, which must succeed, and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its standard error.</exception>
    public async Task<string> HelmAsync(IEnumerable<string> arguments, string? standardInput = null, CancellationToken cancellationToken = default)
    {
        string[] list = [.. arguments];
        return (await TryHelmAsync(list, standardInput, cancellationToken)).Succeeded("helm " + string.Join(' ', list));
    }
}
