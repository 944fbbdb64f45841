using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Cluster;

/// <summary>How a <see cref="LocalKubelet"/> reaches the API server, and what it tells its pods of it.</summary>
/// <param name="Configuration">The node's own credentials.</param>
/// <param name="Server">The API server's address, for the pods' kubeconfig.</param>
/// <param name="CertificateAuthorityPem">What the pods trust.</param>
/// <param name="Folder">Where the node keeps the pods' files.</param>
public sealed record KubeletAccess(KubernetesClientConfiguration Configuration, Uri Server, string CertificateAuthorityPem, string Folder)
{
    /// <summary>A node of a control plane of our own.</summary>
    public static KubeletAccess Of(ControlPlane controlPlane, string nodeName)
    {
        ArgumentNullException.ThrowIfNull(controlPlane);
        return new KubeletAccess(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(
                controlPlane.CreateClientKubeconfig("system:node:" + nodeName, "system:masters", "system:nodes")),
            controlPlane.Server,
            controlPlane.CertificateAuthorityPem,
            Path.Combine(controlPlane.FolderPath, "nodes", nodeName));
    }

    /// <summary>A node of any cluster, with a kubeconfig's current context, which must be an administrator's.</summary>
    public static KubeletAccess ByKubeconfig(string path, string folder)
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(path);
        return new KubeletAccess(
            configuration,
            configuration.Host,
            configuration.CertificateAuthority?.Read() ?? throw new NotSupportedException($"{path}: the current cluster has no certificate-authority."),
            Path.Combine(folder, "node"));
    }
}
