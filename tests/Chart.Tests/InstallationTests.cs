using System.Text.Json.Nodes;
using SentryOtel.Cluster;

[assembly: AssemblyFixture(typeof(SentryOtel.Chart.Tests.ControlPlaneFixture))]

namespace SentryOtel.Chart.Tests;

public sealed class ControlPlaneFixture : IAsyncLifetime
{
    private ControlPlane? _controlPlane;

    public ControlPlane ControlPlane => _controlPlane ?? throw new InvalidOperationException("Not started.");

    public async ValueTask InitializeAsync() => _controlPlane = await ControlPlane.StartAsync(cancellationToken: TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_controlPlane is not null)
        {
            await _controlPlane.DisposeAsync();
        }
    }
}

[Trait("Category", "Processes")]
public sealed class InstallationTests(ControlPlaneFixture fixture)
{
    private const string Namespace = "sentry-system";

    private readonly ControlPlane _controlPlane = fixture.ControlPlane;

    [Fact]
    public async Task Install_upgrade_uninstall_on_a_real_API_server()
    {
        // Install: the definitions are served, the short name works, the operator's account has its rights and no more.
        await HelmAsync("install", Chart.Release, Chart.Folder, "--namespace", Namespace, "--create-namespace");
        await KubectlAsync("wait", "--for=condition=Established", "crd/sentryexporters.sentry-otel.dev", "crd/sentryprojectroutes.sentry-otel.dev", "--timeout=30s");
        Assert.Contains("No resources found", (await _controlPlane.Tools.TryKubectlAsync(["get", "sentryroutes"], cancellationToken: Cancellation)).Error, StringComparison.Ordinal);
        Assert.True(await CanAsync("list", "sentryexporters.sentry-otel.dev"));
        Assert.True(await CanAsync("patch", "sentryprojectroutes.sentry-otel.dev", "--subresource=status"));
        Assert.False(await CanAsync("list", "secrets", "--all-namespaces"));
        Assert.False(await CanAsync("delete", "namespaces"));
        Assert.False(await CanAsync("escalate", "roles.rbac.authorization.k8s.io"));

        // Upgrade changes what it is told to, and only that.
        await HelmAsync("upgrade", Chart.Release, Chart.Folder, "--namespace", Namespace, "--set", "replicaCount=1");
        var deployment = JsonNode.Parse(await KubectlAsync("get", "deployment", Chart.Release, "--namespace", Namespace, "--output=json"))!;
        Assert.Equal(1, (int)deployment["spec"]!["replicas"]!);

        // Uninstall leaves the definitions, and with them people's resources.
        await HelmAsync("uninstall", Chart.Release, "--namespace", Namespace);
        await KubectlAsync("get", "crd", "sentryexporters.sentry-otel.dev", "sentryprojectroutes.sentry-otel.dev");
        Assert.NotEqual(0, (await _controlPlane.Tools.TryKubectlAsync(["get", "deployment", Chart.Release, "--namespace", Namespace], cancellationToken: Cancellation)).ExitCode);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Task<string> HelmAsync(params string[] arguments) => _controlPlane.RunHelmAsync(arguments, Cancellation);

    private Task<string> KubectlAsync(params string[] arguments) => _controlPlane.RunKubectlAsync(arguments, cancellationToken: Cancellation);

    private async Task<bool> CanAsync(params string[] question) =>
        (await _controlPlane.Tools.TryKubectlAsync(
            ["auth", "can-i", .. question, $"--as=system:serviceaccount:{Namespace}:{Chart.Release}"], cancellationToken: Cancellation)).ExitCode == 0;
}
