namespace SentryOtel.Kubernetes.Configuration;

/// <summary>What the process offers for finding a configuration.</summary>
internal sealed record ConfigurationEnvironment(
    Func<string, string?> Variable, string HomeDirectory, string ServiceAccountDirectory)
{
    public static ConfigurationEnvironment Process { get; } = new(
        Environment.GetEnvironmentVariable,
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        "/var/run/secrets/kubernetes.io/serviceaccount");

    public string DefaultKubeConfig => Path.Combine(HomeDirectory, ".kube", "config");

    /// <summary>KUBECONFIG's files, in order and without repeats; null when it is not set.</summary>
    public IReadOnlyList<string>? KubeConfigList => Variable("KUBECONFIG") is { Length: > 0 } list
        ? [.. list.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)]
        : null;
}
