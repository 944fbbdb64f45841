namespace SentryOtel.Cluster;

/// <summary>
/// Finds the programs that a test cluster is made of: in <c>KUBEBUILDER_ASSETS</c> (as envtest does), in the cache that the
/// scripts in <c>build/</c> fill, or on the path.
/// </summary>
public static class ClusterPrograms
{
    /// <summary>The cache folder of the scripts in <c>build/</c>; its place is decided by build/common.sh in the same way.</summary>
    public static string CacheRoot { get; } =
        Variable("SENTRY_OTEL_CACHE")
        ?? Path.Combine(Variable("XDG_CACHE_HOME") ?? Path.Combine(Variable("HOME") ?? "/root", ".cache"), "sentry-otel-operator");

    /// <summary>kubectl of the pinned version.</summary>
    public static string Kubectl => Find("kubectl", "build/install-prerequisites", "kubectl-helm-*/kubectl");

    /// <summary>helm of the pinned version.</summary>
    public static string Helm => Find("helm", "build/install-prerequisites", "kubectl-helm-*/helm");

    internal static string Etcd => FindIn([Assets("etcd"), "/usr/bin/etcd", "/usr/local/bin/etcd"], "etcd", "build/install-prerequisites");

    internal static string ApiServer => Assets("kube-apiserver") is { } path && File.Exists(path)
        ? path
        : Find("kube-apiserver", "build/build-control-plane", "control-plane-*/kube-apiserver");

    internal static string ControllerManager => Find(
        "kube-controller-manager", "build/build-control-plane", "control-plane-*/kube-controller-manager", "controller-manager-*/kube-controller-manager");

    /// <summary>The CRD server that was built last: its folder's name holds a hash of its source, older ones may lie beside it.</summary>
    internal static string CrdServer => Find("crdserver", "build/build-crd-server", "crd-server-*/crdserver");

    /// <summary>kubelet, kube-scheduler or kube-proxy.</summary>
    internal static string OfNode(string name) => Find(name, "build/build-control-plane --node", $"control-plane-*/{name}", $"controller-manager-*/{name}", $"node-*/{name}");

    private static string? Assets(string name) => Variable("KUBEBUILDER_ASSETS") is { } folder ? Path.Combine(folder, name) : null;

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;

    private static string Find(string name, string script, params IEnumerable<string> patterns) =>
        FindIn(patterns.SelectMany(InCache), name, script);

    private static IEnumerable<string> InCache(string pattern) => Directory.Exists(CacheRoot)
        ? Directory
            .EnumerateDirectories(CacheRoot, Path.GetDirectoryName(pattern)!)
            .Select(folder => Path.Combine(folder, Path.GetFileName(pattern)))
            .OrderByDescending(File.GetLastWriteTimeUtc)
        : [];

    private static string FindIn(IEnumerable<string?> places, string name, string script) =>
        places.FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"{name} is neither in KUBEBUILDER_ASSETS nor in the cache {CacheRoot}: run {script}", name);
}
