namespace SentryOtel.Kubernetes.Configuration;

/// <summary>Whether a credential program may talk to a person.</summary>
public enum ExecInteractiveMode
{
    /// <summary>Never.</summary>
    Never,

    /// <summary>When there is somebody.</summary>
    IfAvailable,

    /// <summary>It can not do without.</summary>
    Always,
}

/// <summary>A program that prints credentials (ExecConfig of the kubeconfig; client.authentication.k8s.io).</summary>
public sealed class ExecConfig
{
    /// <summary><c>client.authentication.k8s.io/v1</c> or <c>/v1beta1</c>; the program's answer must state the same.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The program: an absolute path, or a name to look up on PATH.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments.</summary>
    public IReadOnlyList<string> Args { get; init; } = [];

    /// <summary>Environment variables added to this program's own; values may be secret.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>Told to the user when the program is missing.</summary>
    public string? InstallHint { get; init; }

    /// <summary>Whether the program is told about the cluster.</summary>
    public bool ProvideClusterInfo { get; init; }

    /// <summary>Whether it may talk to a person.</summary>
    public ExecInteractiveMode InteractiveMode { get; init; } = ExecInteractiveMode.IfAvailable;

    /// <summary>The <c>client.authentication.k8s.io/exec</c> extension of the cluster, as JSON; null when it has none.</summary>
    public string? ClusterConfig { get; init; }

    /// <summary>The command alone.</summary>
    public override string ToString() => Command;
}
