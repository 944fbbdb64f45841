using System.Net;
using System.Net.Sockets;

namespace SentryOtel.Kubernetes.Configuration;

/// <summary>What the kubelet gives to a pod: address in the environment, credentials in files that it keeps fresh.</summary>
internal static class InClusterConfiguration
{
    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    public static bool IsAvailable(ConfigurationEnvironment environment) =>
        !string.IsNullOrEmpty(environment.Variable(HostVariable)) && !string.IsNullOrEmpty(environment.Variable(PortVariable));

    public static KubernetesClientConfiguration Load(ConfigurationEnvironment environment)
    {
        if (!IsAvailable(environment))
        {
            throw new KubernetesConfigurationException(
                $"Not in a cluster: {HostVariable} and {PortVariable} must both be set.");
        }

        var host = environment.Variable(HostVariable)!;
        if (IPAddress.TryParse(host, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            host = $"[{address}]";
        }

        var port = environment.Variable(PortVariable);
        if (!Uri.TryCreate($"https://{host}:{port}", UriKind.Absolute, out var uri))
        {
            throw new KubernetesConfigurationException(
                $"{HostVariable} \"{host}\" and {PortVariable} \"{port}\" do not make an address.");
        }

        var namespaceFile = Path.Combine(environment.ServiceAccountDirectory, "namespace");
        var space = File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile).Trim() : "";
        return new KubernetesClientConfiguration
        {
            Host = uri,
            Namespace = space.Length == 0 ? "default" : space,
            TokenFile = Existing(environment, "token"),
            // Without it the server could be anybody: neither the public authorities nor "insecure" may stand in.
            CertificateAuthority = PemSource.FromFile(Existing(environment, "ca.crt")),
        };
    }

    private static string Existing(ConfigurationEnvironment environment, string name)
    {
        var path = Path.Combine(environment.ServiceAccountDirectory, name);
        return File.Exists(path)
            ? path
            : throw new KubernetesConfigurationException(
                $"{path} does not exist: the pod needs its service account token mounted (automountServiceAccountToken).");
    }
}
