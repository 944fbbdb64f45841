using SentryOtel.Cluster.Objects;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster.Pods;

/// <summary>What all pods of a node share.</summary>
internal sealed record KubeletContext(
    LocalKubeletOptions Options,
    IKubernetesClient Client,
    Uri Server,
    string AuthorityPem,
    ObjectCache<V1ConfigMap> ConfigMaps,
    ObjectCache<V1Secret> Secrets,
    string Folder,
    PodAddresses Addresses,
    NodeLog Log)
{
    internal string ClaimsFolder => Path.Combine(Folder, "claims");

    internal string PodFolder(string uid) => Path.Combine(Folder, "pods", uid);

    /// <summary>Where the containers' logs are.</summary>
    internal string LogFolder => Path.Combine(Folder, "logs");

    internal string LogPath(string @namespace, string pod, string container) =>
        Path.Combine(LogFolder, @namespace, pod, container + ".log");

    /// <summary>The environment of the node, which containers start from.</summary>
    internal Dictionary<string, string> Environment(PodObject pod)
    {
        var result = new Dictionary<string, string>
        {
            ["PATH"] = "/usr/local/bin:/usr/bin:/bin",
            ["HOME"] = PodFolder(pod.Uid),
            ["HOSTNAME"] = pod.Name,
        };
        // Where a program that is not self-contained finds the runtime.
        if (System.Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root)
        {
            result["DOTNET_ROOT"] = root;
        }
        return result;
    }
}
