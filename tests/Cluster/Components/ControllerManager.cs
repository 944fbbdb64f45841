using System.Globalization;
using System.Net;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster.Components;

/// <summary>How kube-controller-manager is started: every controller that needs no cloud and no pod network, each with its own account.</summary>
internal static class ControllerManager
{
    internal static async Task<LocalProcess> StartAsync(
        ClusterFolder folder, CertificateAuthority authority, string kubeconfig, CancellationToken cancellationToken)
    {
        var port = LoopbackPort.Free();
        authority.IssueServer("kube-controller-manager", ["localhost"], [IPAddress.Loopback]).WriteTo(folder.Path, "controller-manager");
        var process = LocalProcess.Start(
            ClusterPrograms.ControllerManager,
            [
                "--kubeconfig", kubeconfig,
                "--service-account-private-key-file", folder["service-account.key"],
                "--root-ca-file", folder["ca.crt"],
                "--use-service-account-credentials",
                "--controllers", "*,-cloud-node-lifecycle,-ttl,-nodeipam,-route",
                "--leader-elect=false",
                "--bind-address", "127.0.0.1",
                "--secure-port", port.ToString(CultureInfo.InvariantCulture),
                "--port", "0",
                "--tls-cert-file", folder["controller-manager.crt"],
                "--tls-private-key-file", folder["controller-manager.key"],
                // A small cluster with a server of its own: no reason to wait between requests.
                "--kube-api-qps", "200",
                "--kube-api-burst", "400",
            ],
            folder["kube-controller-manager.log"]);
        await Readiness.WaitAsync(process, new Uri($"https://127.0.0.1:{port}/healthz"), authority.CertificatePem, cancellationToken);
        return process;
    }
}
