using System.Diagnostics;
using SentryOtel.Cluster.Components;
using SentryOtel.Cluster.Credentials;
using SentryOtel.Cluster.Processes;
using SentryOtel.Cluster.Requests;

namespace SentryOtel.Cluster;

/// <summary>
/// A real Kubernetes control plane of its own on the loopback address: etcd, kube-apiserver with RBAC and an audit log, and
/// kube-controller-manager. Ready in a few seconds; disposing it kills exactly the programs it started and deletes their folder,
/// and the kernel kills them when this process dies first.
/// </summary>
public sealed class ControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly ClusterFolder _folder = new();
    private readonly CertificateAuthority _authority = new("test-cluster-ca");
    private readonly List<LocalProcess> _processes = [];
    private ApiServer? _apiServer;
    private LocalProcess? _apiServerProcess;
    private int _kubeconfigs;

    private ControlPlane(ControlPlaneOptions options)
    {
        AuditLogPath = options.AuditLogPath ?? _folder["audit.log"];
        KubeconfigPath = _folder["admin.kubeconfig"];
        Tools = new ClusterTools(_folder["home"], KubeconfigPath);
    }

    /// <summary>The API server's address, <c>https://127.0.0.1:PORT</c> unless <see cref="ControlPlaneOptions.Address"/> says otherwise; a restart keeps it.</summary>
    public Uri Server => (_apiServer ?? throw new InvalidOperationException("Not started")).Address;

    /// <summary>The certificate authority of the API server, PEM.</summary>
    public string CertificateAuthorityPem => _authority.CertificatePem;

    /// <summary>A kubeconfig whose user may do everything (group system:masters).</summary>
    public string KubeconfigPath { get; }

    /// <summary>The path of kubectl.</summary>
    public string KubectlPath => ClusterPrograms.Kubectl;

    /// <summary>The path of helm.</summary>
    public string HelmPath => ClusterPrograms.Helm;

    /// <summary>kubectl and helm as administrator.</summary>
    public ClusterTools Tools { get; }

    /// <summary>The cluster's folder, for whatever should be deleted with it.</summary>
    public string FolderPath => _folder.Path;

    /// <summary>The audit log; <see cref="AuditLog.Read"/> reads it.</summary>
    public string AuditLogPath { get; }

    /// <summary>The log of etcd, kube-apiserver or kube-controller-manager.</summary>
    public string LogPath(string program) => _folder[program + ".log"];

    /// <summary>The API server's process, for tests that freeze it.</summary>
    public LocalProcess ApiServerProcess => _apiServerProcess ?? throw new InvalidOperationException("Not started");

    /// <summary>Starts a control plane; it is ready when this returns.</summary>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="cancellationToken">Stops waiting and ends what was started.</param>
    /// <exception cref="ClusterStartException">A program did not become ready; the end of its log is in the message.</exception>
    /// <exception cref="FileNotFoundException">A program is not installed; the message names the script that installs it.</exception>
    public static Task<ControlPlane> StartAsync(ControlPlaneOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ControlPlaneOptions();
        return PortConflict.RetryAsync(
            () => new ControlPlane(options), controlPlane => controlPlane.StartProgramsAsync(options, cancellationToken));
    }

    /// <summary>Runs kubectl as administrator and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its standard error.</exception>
    public Task<string> RunKubectlAsync(IEnumerable<string> arguments, string? standardInput = null, CancellationToken cancellationToken = default)
        => Tools.KubectlAsync(arguments, standardInput, cancellationToken);

    /// <summary>Runs helm as administrator and returns its standard output.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its standard error.</exception>
    public Task<string> RunHelmAsync(IEnumerable<string> arguments, CancellationToken cancellationToken = default)
        => Tools.HelmAsync(arguments, standardInput: null, cancellationToken);

    /// <summary>Creates custom resource definitions and waits until they are served.</summary>
    /// <param name="folder">Their manifests.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task InstallDefinitionsAsync(string folder, CancellationToken cancellationToken = default) => Tools.InstallDefinitionsAsync(folder, cancellationToken);

    /// <summary>Writes a kubeconfig for a service account that exists, with a token from TokenRequest (valid for a day).</summary>
    /// <returns>The file's path.</returns>
    public async Task<string> CreateServiceAccountKubeconfigAsync(string @namespace, string name, CancellationToken cancellationToken = default)
    {
        var token = await RunKubectlAsync(["create", "token", name, "--namespace", @namespace, "--duration", "24h"], null, cancellationToken);
        return WriteKubeconfig(Kubeconfig.ForToken(Server, CertificateAuthorityPem, token.Trim()));
    }

    /// <summary>Writes a kubeconfig for a user and its groups, with a client certificate.</summary>
    /// <returns>The file's path.</returns>
    public string CreateClientKubeconfig(string user, params IEnumerable<string> groups)
        => WriteKubeconfig(Kubeconfig.ForClientCertificate(Server, CertificateAuthorityPem, _authority.IssueClient(user, groups)));

    /// <summary>Kills the API server (SIGKILL), as a crash would; returns when it is gone. <see cref="RestartApiServerAsync"/> brings it back.</summary>
    public Task KillApiServerAsync() => ApiServerProcess.StopAsync(TimeSpan.Zero);

    /// <summary>Ends the API server if it runs and starts it again at the same address, with the same data; it is ready when this returns.</summary>
    public async Task RestartApiServerAsync(CancellationToken cancellationToken = default)
    {
        // Its own graceful shutdown waits up to a minute for open watches.
        await KillApiServerAsync();
        _processes.Remove(ApiServerProcess);
        await ApiServerProcess.DisposeAsync();
        _apiServerProcess = await (_apiServer ?? throw new InvalidOperationException("Not started")).StartAsync(cancellationToken);
        _processes.Add(_apiServerProcess);
    }

    /// <summary>Kills every program of this control plane and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }
        _processes.Clear();
        if (RequestRecord.Folder is { } record)
        {
            RequestRecord.Keep(record, AuditLog.Read(AuditLogPath));
        }

        _authority.Dispose();
        _folder.Dispose();
    }

    private async Task StartProgramsAsync(ControlPlaneOptions options, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_folder["home"]);
        await File.WriteAllTextAsync(_folder["ca.crt"], CertificateAuthorityPem, cancellationToken);
        ServiceAccountKey.WriteTo(_folder.Path, "service-account");

        var (etcd, client) = await Etcd.StartAsync(_folder, cancellationToken);
        _processes.Add(etcd);

        _apiServer = new ApiServer(_folder, _authority, client, AuditLogPath, options);
        _apiServer.WriteFiles();
        PrivateFile.Write(
            KubeconfigPath,
            Kubeconfig.ForClientCertificate(Server, CertificateAuthorityPem, _authority.IssueClient("test-admin", "system:masters")));
        _apiServerProcess = await _apiServer.StartAsync(cancellationToken);
        _processes.Add(_apiServerProcess);

        // A ready API server may still be about to make these.
        await WaitForAsync(_apiServerProcess, ["namespace", "default", "kube-system"], cancellationToken);
        if (options.ControllerManager)
        {
            var kubeconfig = CreateClientKubeconfig("system:kube-controller-manager");
            var controllerManager = await ControllerManager.StartAsync(_folder, _authority, kubeconfig, cancellationToken);
            _processes.Add(controllerManager);

            // Pods without a service account are refused until the controller has made this one.
            await WaitForAsync(controllerManager, ["serviceaccount", "default", "--namespace", "default"], cancellationToken);
        }
    }

    private async Task WaitForAsync(LocalProcess maker, IReadOnlyList<string> objects, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var found = await Tools.TryKubectlAsync(["get", .. objects], null, cancellationToken);
            if (found.ExitCode == 0)
            {
                return;
            }

            if (watch.Elapsed > Patience)
            {
                throw new ClusterStartException(maker.Name, $"did not make {string.Join(' ', objects)} within {Patience.TotalSeconds} s ({found.Error.Trim()})", maker.LogTail());
            }

            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }
    }

    private string WriteKubeconfig(string content)
    {
        var path = _folder[$"user-{Interlocked.Increment(ref _kubeconfigs)}.kubeconfig"];
        PrivateFile.Write(path, content);
        return path;
    }
}
