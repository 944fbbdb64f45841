namespace SentryOtel.Kubernetes.Configuration;

/// <summary>Finds the configuration: a file that was named, KUBECONFIG, <c>~/.kube/config</c>, the cluster this runs in.</summary>
internal static class KubeConfigLoader
{
    public static KubernetesClientConfiguration LoadDefault(ConfigurationEnvironment environment, string? context)
    {
        var config = LoadFiles(environment);
        if (!config.IsEmpty)
        {
            return KubeConfigResolver.Resolve(config, context);
        }

        if (InClusterConfiguration.IsAvailable(environment))
        {
            return InClusterConfiguration.Load(environment);
        }

        throw new KubernetesConfigurationException(
            $"No API server is known: {string.Join(", ", environment.KubeConfigList ?? [environment.DefaultKubeConfig])} "
            + "does not exist or is empty, and KUBERNETES_SERVICE_HOST is not set. Set KUBECONFIG, or run in a cluster.");
    }

    public static KubernetesClientConfiguration LoadFile(ConfigurationEnvironment environment, string? path, string? context)
    {
        if (path is null)
        {
            return KubeConfigResolver.Resolve(LoadFiles(environment), context);
        }

        var config = new KubeConfig();
        config.Merge(path, Read(path));
        return KubeConfigResolver.Resolve(config, context);
    }

    private static KubeConfig LoadFiles(ConfigurationEnvironment environment)
    {
        var config = new KubeConfig();
        foreach (var file in (environment.KubeConfigList ?? [environment.DefaultKubeConfig]).Where(File.Exists))
        {
            config.Merge(file, Read(file));
        }

        return config;
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new KubernetesConfigurationException($"The kubeconfig {path} can not be read: {exception.Message}", exception);
        }
    }
}
