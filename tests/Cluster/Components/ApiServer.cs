using System.Globalization;
using System.Net;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster.Components;

/// <summary>How kube-apiserver is started: with RBAC, service account tokens and an audit log.</summary>
internal sealed class ApiServer(ClusterFolder folder, CertificateAuthority authority, Uri etcd, string auditLogPath, ControlPlaneOptions options)
{
    // Metadata of every request; the first stage says nothing that the others do not.
    private const string AuditPolicy = """
        apiVersion: audit.k8s.io/v1
        kind: Policy
        omitStages: [RequestReceived]
        rules:
        - level: Metadata
        """;

    private readonly int _port = LoopbackPort.Free(options.Address);

    /// <summary>The server's address; it stays the same when the server is started again.</summary>
    internal Uri Address => new($"https://{options.Address}:{_port}");

    internal void WriteFiles()
    {
        File.WriteAllText(folder["audit-policy.yaml"], AuditPolicy);
        authority
            .IssueServer(
                "kube-apiserver",
                ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"],
                [IPAddress.Loopback, IPAddress.Parse("10.0.0.1"), options.Address])
            .WriteTo(folder.Path, "apiserver");
        authority.IssueClient("kube-apiserver-kubelet-client", "system:masters").WriteTo(folder.Path, "kubelet-client");
    }

    internal async Task<LocalProcess> StartAsync(CancellationToken cancellationToken)
    {
        var process = LocalProcess.Start(
            ClusterPrograms.ApiServer,
            [
                "--etcd-servers", etcd.Authority(),
                "--bind-address", $"{options.Address}",
                "--advertise-address", $"{options.Address}",
                "--secure-port", _port.ToString(CultureInfo.InvariantCulture),
                // A loopback address is refused as an endpoint.
                "--endpoint-reconciler-type", IPAddress.IsLoopback(options.Address) ? "none" : "master-count",
                "--kubelet-client-certificate", folder["kubelet-client.crt"],
                "--kubelet-client-key", folder["kubelet-client.key"],
                "--kubelet-preferred-address-types", "InternalIP",
                "--tls-cert-file", folder["apiserver.crt"],
                "--tls-private-key-file", folder["apiserver.key"],
                "--client-ca-file", folder["ca.crt"],
                "--authorization-mode", "RBAC",
                "--service-account-issuer", "https://kubernetes.default.svc",
                "--service-account-key-file", folder["service-account.pub"],
                "--service-account-signing-key-file", folder["service-account.key"],
                "--service-cluster-ip-range", "10.0.0.0/16",
                "--allow-privileged=true",
                "--audit-policy-file", folder["audit-policy.yaml"],
                "--audit-log-path", auditLogPath,
                // One file, whatever its size: it is read as a whole.
                "--audit-log-maxsize", "10240",
                .. options.AdmissionPlugins.Count == 0 ? [] : (string[])["--enable-admission-plugins", string.Join(',', options.AdmissionPlugins)],
            ],
            folder["kube-apiserver.log"]);
        await Readiness.WaitAsync(process, new Uri(Address, "/readyz"), authority.CertificatePem, cancellationToken);
        return process;
    }
}
