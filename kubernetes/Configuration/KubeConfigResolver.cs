namespace SentryOtel.Kubernetes.Configuration;

/// <summary>Turns a context of a kubeconfig into a configuration.</summary>
internal static class KubeConfigResolver
{
    public static KubernetesClientConfiguration Resolve(KubeConfig config, string? contextOverride)
    {
        var name = contextOverride ?? config.CurrentContext
            ?? throw new KubernetesConfigurationException(
                $"No context: current-context is not set in {(config.Files.Length == 0 ? "any kubeconfig" : config.Files)}.");
        var context = config.Context(name) ?? throw new KubernetesConfigurationException(
            $"There is no context \"{name}\" in {config.Files}; it has: {string.Join(", ", config.ContextNames.Order(StringComparer.Ordinal))}.");
        var clusterName = context.TextOrNone("cluster") ?? throw context.Error("cluster is missing");
        var cluster = config.Cluster(clusterName) ?? throw context.Error($"there is no cluster \"{clusterName}\"");
        KubeConfigNode? user = null;
        if (context.TextOrNone("user") is { } userName)
        {
            user = config.User(userName) ?? throw context.Error($"there is no user \"{userName}\"");
        }

        var authority = cluster.Pem("certificate-authority");
        var skipVerify = cluster.Flag("insecure-skip-tls-verify");
        if (skipVerify && authority is not null)
        {
            throw cluster.Error("insecure-skip-tls-verify can not stand together with a certificate-authority; remove one");
        }

        var credentials = KubeConfigUser.Read(user, cluster);
        return new KubernetesClientConfiguration
        {
            Host = Address(cluster, "server") ?? throw cluster.Error("server is missing"),
            Namespace = context.TextOrNone("namespace") ?? "default",
            CurrentContext = name,
            CertificateAuthority = authority,
            SkipTlsVerify = skipVerify,
            TlsServerName = cluster.TextOrNone("tls-server-name"),
            ProxyUrl = Address(cluster, "proxy-url"),
            ClientCertificate = credentials.ClientCertificate,
            ClientKey = credentials.ClientKey,
            Token = credentials.Token,
            TokenFile = credentials.TokenFile,
            Username = credentials.Username,
            Password = credentials.Password,
            Exec = credentials.Exec,
            Impersonate = credentials.Impersonate,
        };
    }

    private static Uri? Address(KubeConfigNode cluster, string key)
    {
        if (cluster.TextOrNone(key) is not { } text)
        {
            return null;
        }

        // kubectl takes a server without a scheme for http.
        var absolute = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(absolute, UriKind.Absolute, out var uri) && uri.Scheme is ("http" or "https" or "socks5")
            ? uri
            : throw cluster.Wrong(key, "an http or https URL");
    }
}
