using System.Text;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Volumes;

namespace SentryOtel.Cluster.Pods;

/// <summary>
/// The pod's access to the API server. A local process has no /var/run/secrets/kubernetes.io/serviceaccount of its own: it gets
/// a kubeconfig through KUBECONFIG, with the same rights and a token file that is renewed before it expires.
/// </summary>
internal sealed class PodServiceAccount(PodObject pod, string folder, Uri server, string authorityPem, ServiceAccountTokens tokens)
{
    private const string MountPath = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const long TokenSeconds = 3600;

    private readonly AtomicFolder _folder = new(folder);

    internal string KubeconfigPath => Path.Combine(folder, "kubeconfig");

    /// <summary>Whether the container has it: the admission plugin mounts it unless automountServiceAccountToken says no.</summary>
    internal static bool IsMounted(Container container) => container.VolumeMounts.Any(mount => mount.MountPath == MountPath);

    /// <summary>Writes the files, or renews the token in time.</summary>
    internal async Task RefreshAsync(CancellationToken cancellationToken)
    {
        if (!pod.Spec.Containers.Any(IsMounted))
        {
            return;
        }
        var token = await tokens.GetAsync(audience: string.Empty, TokenSeconds, cancellationToken);
        _folder.Write(new Dictionary<string, byte[]>
        {
            ["token"] = Encoding.UTF8.GetBytes(token),
            ["kubeconfig"] = Encoding.UTF8.GetBytes(
                Kubeconfig.ForTokenFile(server, authorityPem, Path.Combine(folder, "token"), pod.Namespace)),
        });
    }
}
