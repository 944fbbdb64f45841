using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Cluster.Processes;
using SentryOtel.Kubernetes.Health;
using SentryOtel.Operator.Checking;
using SentryOtel.Operator.Tests.Exporters;

namespace SentryOtel.Operator.Tests.Checking;

/// <summary>The command <c>check</c> of the program that is shipped, against a real API server.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class InstallationCheckTests(OperatorCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_account_of_the_chart_may_do_all_that_the_operator_needs()
    {
        var answer = await CheckAsync(cluster.OperatorKubeconfig);

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        var lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("The installation is right.", lines[^1]);
        Assert.All(lines[..^1], static line => Assert.StartsWith("ok ", line, StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("SentryExporter of sentry-otel.dev/v1alpha1 is served", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("needs in all namespaces", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains($"its Lease in namespace {OperatorCluster.OperatorNamespace}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Every_right_that_an_account_lacks_is_named()
    {
        var space = cluster.NextNamespace();
        await cluster.ControlPlane.RunKubectlAsync(["create", "namespace", space], null, Cancellation);
        await cluster.ControlPlane.RunKubectlAsync(["create", "serviceaccount", "nobody", "--namespace", space], null, Cancellation);
        await cluster.ControlPlane.RunKubectlAsync(
            ["create", "role", "some", "--verb=get,watch", "--resource=secrets", "--namespace", space], null, Cancellation);
        await cluster.ControlPlane.RunKubectlAsync(
            ["create", "rolebinding", "some", "--role=some", $"--serviceaccount={space}:nobody", "--namespace", space], null, Cancellation);
        var account = await cluster.ControlPlane.CreateServiceAccountKubeconfigAsync(space, "nobody", Cancellation);

        var answer = await CheckAsync(account, $"--watch-namespaces={space}");

        Assert.Equal(1, answer.ExitCode);
        var wanted = RequiredPermissions.Everywhere(watchSecrets: true).Where(static permission => permission.Resource != "secrets").Select(permission => $"may not {permission} in namespace {space}")
            .Concat(RequiredPermissions.ForLeaderElection.Select(static permission => $"may not {permission} with its Lease"));
        Assert.All(wanted, refused => Assert.Contains(refused, answer.Output, StringComparison.Ordinal));
        Assert.DoesNotContain("secrets", answer.Output, StringComparison.Ordinal);
        Assert.Contains("rbac.create", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operator_that_becomes_ready_is_waited_for_and_one_that_does_not_is_reported()
    {
        var asked = 0;
        var probes = new HealthServer(
            "probes",
            new IPEndPoint(IPAddress.Loopback, 0),
            app => app.MapGet("/readyz", () => Results.StatusCode(Interlocked.Increment(ref asked) < 3 ? 503 : 200)),
            NullLoggerFactory.Instance);
        await using (probes)
        {
            await probes.StartAsync(Cancellation);
            var ready = await CheckAsync(cluster.OperatorKubeconfig, $"--operator-url={probes.Address}", "--within=30s");
            Assert.True(ready.ExitCode == 0, ready.Output + ready.Error);
            Assert.Equal(3, asked);

            Interlocked.Exchange(ref asked, -1000);
            var unready = await CheckAsync(cluster.OperatorKubeconfig, $"--operator-url={probes.Address}");
            Assert.Equal(1, unready.ExitCode);
            Assert.Contains("/readyz answers 503", unready.Output, StringComparison.Ordinal);
        }

        var gone = await CheckAsync(cluster.OperatorKubeconfig, $"--operator-url={probes.Address}");
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("no operator answers", gone.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_server_that_does_not_answer_is_reported()
    {
        var kubeconfig = Path.Combine(cluster.ControlPlane.FolderPath, $"nowhere-{Guid.NewGuid():n}.kubeconfig");
        await File.WriteAllTextAsync(
            kubeconfig,
            """
            apiVersion: v1
            kind: Config
            current-context: nowhere
            clusters: [{name: nowhere, cluster: {server: "http://127.0.0.1:9"}}]
            contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
            users: [{name: nobody, user: {}}]
            """,
            Cancellation);

        var answer = await CheckAsync(kubeconfig);

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("FAILED  the API server can not be asked", answer.Output, StringComparison.Ordinal);
    }

    private static Task<CommandResult> CheckAsync(string kubeconfig, params string[] arguments) => CommandResult.RunAsync(
        Path.Combine(AppContext.BaseDirectory, "sentry-otel-operator"),
        ["check", "--kubeconfig", kubeconfig, "--leader-election-namespace", OperatorCluster.OperatorNamespace, .. arguments.Any(static argument => argument.StartsWith("--within", StringComparison.Ordinal)) ? arguments : [.. arguments, "--within=1s"]],
        cancellationToken: Cancellation);
}
