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

    /// <summary>Creates custom resource definitions and waits until they are served.</summary>
    /// <param name="folder">Their manifests.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">They are not established within a minute.</exception>
    public async Task InstallDefinitionsAsync(string folder, CancellationToken cancellationToken = default)
    {
        await KubectlAsync(["create", "--validate=false", "--filename", folder], null, cancellationToken);
        string[] wait = ["wait", "crd", "--all", "--for=condition=Established", "--timeout=60s"];
        while (await TryKubectlAsync(wait, null, cancellationToken) is { ExitCode: not 0 } failed)
        {
            // On a busy machine kubectl may look before the server has written the first condition, which it takes for an error.
            if (!failed.Error.Contains("accessor error", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"The definitions of {folder} are not established: {failed.Error}");
            }
        }
    }

    /// <summary>Runs a line as a person types it, in bash, with kubectl and helm on the PATH.</summary>
    /// <param name="command">The line.</param>
    /// <param name="folder">Where.</param>
    /// <param name="programs">A folder with more programs for the PATH; null for none.</param>
    /// <param name="cancellationToken">Kills the shell.</param>
    public Task<CommandResult> TryShellAsync(string command, string folder, string? programs, CancellationToken cancellationToken)
    {
        string?[] path = [Path.GetDirectoryName(ClusterPrograms.Kubectl), Path.GetDirectoryName(ClusterPrograms.Helm), programs, Environment.GetEnvironmentVariable("PATH")];
        var environment = new Dictionary<string, string>(_environment) { ["PATH"] = string.Join(':', path.Where(static item => item is { Length: > 0 })) };
        return CommandResult.RunAsync("/usr/bin/env", ["--chdir", folder, "bash", "-c", command], standardInput: null, environment, cancellationToken);
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
