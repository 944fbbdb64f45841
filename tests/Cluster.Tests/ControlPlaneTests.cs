using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster.Tests;

[Trait("Category", "Processes")]
public sealed class ControlPlaneTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_control_plane_serves_version_1_20_2_and_runs_controllers()
    {
        await using var controlPlane = await ControlPlane.StartAsync(cancellationToken: Cancelled);

        var version = await controlPlane.RunKubectlAsync(["get", "--raw", "/version"], null, Cancelled);
        await controlPlane.RunKubectlAsync(["create", "namespace", "shop"], null, Cancelled);
        await controlPlane.RunKubectlAsync(["create", "configmap", "stock", "--namespace", "shop"], null, Cancelled);
        // Ends only when the namespace controller has emptied and removed it.
        await controlPlane.RunKubectlAsync(["delete", "namespace", "shop", "--timeout", "60s"], null, Cancelled);

        Assert.Contains("\"v1.20.2\"", version, StringComparison.Ordinal);
        var namespaces = await controlPlane.RunKubectlAsync(["get", "namespaces", "--output", "name"], null, Cancelled);
        Assert.DoesNotContain("namespace/shop", namespaces, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_API_server_comes_back_at_the_same_address_with_its_data()
    {
        await using var controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, Cancelled);
        var server = controlPlane.Server;
        await controlPlane.RunKubectlAsync(["create", "configmap", "kept", "--from-literal", "colour=green"], null, Cancelled);

        await controlPlane.KillApiServerAsync();
        var whileDown = await controlPlane.Tools.TryKubectlAsync(["get", "configmap", "kept"], null, Cancelled);
        await controlPlane.RestartApiServerAsync(Cancelled);
        var colour = await controlPlane.RunKubectlAsync(["get", "configmap", "kept", "--output", "jsonpath={.data.colour}"], null, Cancelled);

        Assert.NotEqual(0, whileDown.ExitCode);
        Assert.Equal("green", colour);
        Assert.Equal(server, controlPlane.Server);
    }

    [Fact]
    public async Task A_service_account_may_do_what_RBAC_grants_it_and_nothing_else()
    {
        await using var controlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, Cancelled);
        await controlPlane.RunKubectlAsync(["create", "serviceaccount", "reader"], null, Cancelled);
        await controlPlane.RunKubectlAsync(["create", "role", "reader", "--verb=list", "--resource=configmaps"], null, Cancelled);
        await controlPlane.RunKubectlAsync(["create", "rolebinding", "reader", "--role=reader", "--serviceaccount=default:reader"], null, Cancelled);

        var reader = new ClusterTools(controlPlane.FolderPath, await controlPlane.CreateServiceAccountKubeconfigAsync("default", "reader", Cancelled));
        var listed = await reader.TryKubectlAsync(["get", "configmaps"], null, Cancelled);
        var refused = await reader.TryKubectlAsync(["get", "secrets"], null, Cancelled);

        Assert.Equal(0, listed.ExitCode);
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("""User "system:serviceaccount:default:reader" cannot list resource "secrets" """.Trim(), refused.Error, StringComparison.Ordinal);
        var requests = AuditLog.Read(controlPlane.AuditLogPath)
            .Where(request => request.User == "system:serviceaccount:default:reader" && request.Resource.Length > 0)
            .Select(request => (request.Verb, request.Resource, request.Namespace, request.Code, request.IsWrite));
        Assert.Equal([("list", "configmaps", "default", 200, false), ("list", "secrets", "default", 403, false)], requests);
    }

    [Fact]
    public async Task Disposing_ends_every_program_and_deletes_the_folder()
    {
        var controlPlane = await ControlPlane.StartAsync(cancellationToken: Cancelled);
        var folder = controlPlane.FolderPath;
        var running = ProcessesMentioning(folder);

        await controlPlane.DisposeAsync();

        Assert.Equal(3, running.Count);
        Assert.Empty(ProcessesMentioning(folder));
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_program_that_ends_at_once_is_named_with_its_exit_code_and_the_end_of_its_log()
    {
        var log = Path.GetTempFileName();
        await using var program = LocalProcess.Start("/bin/sh", ["-c", "echo no such flag; exit 7"], log);

        var thrown = await Assert.ThrowsAsync<ClusterStartException>(
            () => Readiness.WaitAsync(program, new Uri("http://127.0.0.1:1/readyz"), authorityPem: null, Cancelled));

        Assert.Equal("sh", thrown.Program);
        Assert.Contains("exit code 7", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("no such flag", thrown.Message, StringComparison.Ordinal);
        File.Delete(log);
    }

    [Fact]
    public async Task Everything_ends_when_the_process_that_started_it_is_killed()
    {
        var log = Path.GetTempFileName();
        await using var program = LocalProcess.Start(Path.Combine(AppContext.BaseDirectory, "test-cluster"), ["up"], log);
        await Testing.Eventually.HoldsAsync(
            () => program.LogTail().Contains("# Ctrl-C ends", StringComparison.Ordinal), TimeSpan.FromMinutes(2), "the control plane is up", Cancelled);
        var folder = Path.GetDirectoryName(program.LogTail().Split('\n').Single(static line => line.StartsWith("export KUBECONFIG=", StringComparison.Ordinal)).Split('=')[1])!;
        var running = ProcessesMentioning(folder);

        await program.StopAsync(TimeSpan.Zero);

        Assert.Equal(3, running.Count);
        await Testing.Eventually.HoldsAsync(
            () => ProcessesMentioning(folder).Count == 0, TimeSpan.FromSeconds(20), "the kernel has killed them", Cancelled);
        Assert.True(Directory.Exists(folder), "a killed process can not clean up");
        await using (await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, Cancelled))
        {
            Assert.False(Directory.Exists(folder), "the next one does");
        }
        File.Delete(log);
    }

    private static List<int> ProcessesMentioning(string folder) =>
    [
        .. from entry in Directory.EnumerateDirectories("/proc")
           let id = int.TryParse(Path.GetFileName(entry), out var number) ? number : 0
           where id > 0 && CommandLineOf(entry).Contains(folder, StringComparison.Ordinal)
           select id,
    ];

    private static string CommandLineOf(string processFolder)
    {
        try
        {
            return File.ReadAllText(Path.Combine(processFolder, "cmdline"));
        }
        catch (IOException)
        {
            // It ended since the folder was listed.
            return string.Empty;
        }
    }
}
