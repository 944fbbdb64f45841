using System.Globalization;
using SentryOtel.Cluster.Components;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster;

/// <summary>
/// A real CustomResourceDefinition server of a new Kubernetes, alone: it evaluates CEL rules and their cost, defaults, prunes and
/// validates. It has no core types, no namespaces, no RBAC and no controllers: it checks CRDs, an operator can not run on it.
/// </summary>
public sealed class CrdServer : IAsyncDisposable
{
    private readonly ClusterFolder _folder = new();
    private readonly CertificateAuthority _authority = new("crd-server-ca");
    private readonly List<LocalProcess> _processes = [];
    private readonly Uri _server = new($"https://127.0.0.1:{LoopbackPort.Free()}");

    private CrdServer()
    {
        KubeconfigPath = _folder["admin.kubeconfig"];
        Tools = new ClusterTools(_folder["home"], KubeconfigPath);
    }

    /// <summary>Why there is no such server here, or null when there is one. Tests say it in plain sight; with <c>CI=true</c> it is a failure.</summary>
    public static string? WhyNotBuilt()
    {
        try
        {
            _ = ClusterPrograms.CrdServer;
            return null;
        }
        catch (FileNotFoundException e)
        {
            return "CEL not checked: " + e.Message;
        }
    }

    /// <summary>A kubeconfig whose user may do everything.</summary>
    public string KubeconfigPath { get; }

    /// <summary>The server's address.</summary>
    public Uri Server => _server;

    /// <summary>kubectl as administrator.</summary>
    public ClusterTools Tools { get; }

    /// <summary>Starts a server with an etcd of its own; it is ready when this returns.</summary>
    /// <exception cref="ClusterStartException">A program did not become ready; the end of its log is in the message.</exception>
    /// <exception cref="FileNotFoundException">The server was not built; the message names the script that builds it.</exception>
    public static Task<CrdServer> StartAsync(CancellationToken cancellationToken = default) =>
        PortConflict.RetryAsync(() => new CrdServer(), server => server.StartProgramsAsync(cancellationToken));

    /// <summary>Runs kubectl as administrator and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its standard error.</exception>
    public Task<string> RunKubectlAsync(IEnumerable<string> arguments, string? standardInput = null, CancellationToken cancellationToken = default)
        => Tools.KubectlAsync(arguments, standardInput, cancellationToken);

    /// <summary>Creates custom resource definitions and waits until they are served.</summary>
    /// <param name="folder">Their manifests.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task InstallDefinitionsAsync(string folder, CancellationToken cancellationToken = default) => Tools.InstallDefinitionsAsync(folder, cancellationToken);

    /// <summary>Kills the server and its etcd and deletes their folder.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }
        _processes.Clear();
        _authority.Dispose();
        _folder.Dispose();
    }

    private async Task StartProgramsAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder["home"]);
        await File.WriteAllTextAsync(_folder["ca.crt"], _authority.CertificatePem, cancellationToken);
        _authority.IssueServer("crdserver", ["localhost"], [System.Net.IPAddress.Loopback]).WriteTo(_folder.Path, "server");
        PrivateFile.Write(
            KubeconfigPath,
            Kubeconfig.ForClientCertificate(_server, _authority.CertificatePem, _authority.IssueClient("test-admin", "system:masters")));

        var (etcd, client) = await Etcd.StartAsync(_folder, cancellationToken);
        _processes.Add(etcd);
        // In a pod the server would look for an in-cluster configuration to authenticate against.
        var environment = new Dictionary<string, string> { ["HOME"] = _folder["home"], ["PATH"] = "/usr/bin:/bin" };
        var process = LocalProcess.Start(
            ClusterPrograms.CrdServer,
            [
                "--etcd-servers", client.Authority(),
                "--bind-address", "127.0.0.1",
                "--secure-port", _server.Port.ToString(CultureInfo.InvariantCulture),
                "--tls-cert-file", _folder["server.crt"],
                "--tls-private-key-file", _folder["server.key"],
                "--client-ca-file", _folder["ca.crt"],
            ],
            _folder["crdserver.log"],
            environment);
        _processes.Add(process);
        await Readiness.WaitAsync(process, new Uri(_server, "/readyz"), _authority.CertificatePem, cancellationToken);
    }
}
