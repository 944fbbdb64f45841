namespace SentryOtel.Kubernetes.Configuration;

/// <summary>
/// Where the API server is and how to speak to it. Files named in it are read when needed and re-read when they change.
/// </summary>
public sealed class KubernetesClientConfiguration
{
    /// <summary>
    /// The usual order: KUBECONFIG's files (merged, the first to define a thing wins), <c>~/.kube/config</c>, the cluster
    /// this process runs in.
    /// </summary>
    /// <param name="context">Context to use in place of <c>current-context</c>.</param>
    /// <exception cref="KubernetesConfigurationException">None is there, or one is wrong.</exception>
    public static KubernetesClientConfiguration BuildDefaultConfig(string? context = null) =>
        KubeConfigLoader.LoadDefault(ConfigurationEnvironment.Process, context);

    /// <summary>Reads one kubeconfig, which must exist; without a path, those of KUBECONFIG or <c>~/.kube/config</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="context">Context to use in place of <c>current-context</c>.</param>
    /// <exception cref="KubernetesConfigurationException">The file is not there, or wrong.</exception>
    public static KubernetesClientConfiguration BuildConfigFromConfigFile(string? path = null, string? context = null) =>
        KubeConfigLoader.LoadFile(ConfigurationEnvironment.Process, path, context);

    /// <summary>The cluster this process runs in, by the pod's service account.</summary>
    /// <exception cref="KubernetesConfigurationException">Not in a cluster, or token or certificate authority is missing.</exception>
    public static KubernetesClientConfiguration InClusterConfig() => InClusterConfiguration.Load(ConfigurationEnvironment.Process);

    /// <summary>Whether this process runs in a cluster.</summary>
    public static bool IsInCluster() => InClusterConfiguration.IsAvailable(ConfigurationEnvironment.Process);

    /// <summary>Base address; may have a path.</summary>
    public required Uri Host { get; init; }

    /// <summary>Namespace for what names none.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>The kubeconfig context this was made from; null in a cluster.</summary>
    public string? CurrentContext { get; init; }

    /// <summary>The certificates that the server's must descend from; null: the system's own.</summary>
    public PemSource? CertificateAuthority { get; init; }

    /// <summary>Accepts any server certificate. Never together with a certificate authority.</summary>
    public bool SkipTlsVerify { get; init; }

    /// <summary>Name expected in the server's certificate, when it is not the host's.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>Proxy for this server; null: the environment's.</summary>
    public Uri? ProxyUrl { get; init; }

    /// <summary>Certificate (chain) of the client.</summary>
    public PemSource? ClientCertificate { get; init; }

    /// <summary>Private key of <see cref="ClientCertificate"/>.</summary>
    public PemSource? ClientKey { get; init; }

    /// <summary>Bearer token.</summary>
    public string? Token { get; init; }

    /// <summary>File that holds the bearer token; wins over <see cref="Token"/> and is re-read.</summary>
    public string? TokenFile { get; init; }

    /// <summary>User name for basic authentication.</summary>
    public string? Username { get; init; }

    /// <summary>Password for basic authentication.</summary>
    public string? Password { get; init; }

    /// <summary>Program that gives credentials.</summary>
    public ExecConfig? Exec { get; init; }

    /// <summary>Whom to act as.</summary>
    public ImpersonationConfig? Impersonate { get; init; }

    /// <summary>Host, context and namespace; no credential.</summary>
    public override string ToString() => $"{Host} (context {CurrentContext ?? "none"}, namespace {Namespace})";
}
