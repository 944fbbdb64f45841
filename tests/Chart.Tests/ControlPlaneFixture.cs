using SentryOtel.Cluster;

namespace SentryOtel.Chart.Tests;

/// <summary>A control plane for the tests that install the chart; they run one after another, since a chart has objects of the whole cluster.</summary>
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

/// <summary>The tests that share the control plane.</summary>
[CollectionDefinition(Name)]
public sealed class ControlPlaneCollection : ICollectionFixture<ControlPlaneFixture>
{
    public const string Name = "control plane";
}

/// <summary>What these tests do with the control plane.</summary>
internal static class ControlPlaneExtensions
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static Task<string> HelmAsync(this ControlPlane controlPlane, params string[] arguments) => controlPlane.RunHelmAsync(arguments, Cancellation);

    public static Task<string> KubectlAsync(this ControlPlane controlPlane, params string[] arguments) => controlPlane.RunKubectlAsync(arguments, cancellationToken: Cancellation);

    public static Task<string> ApplyAsync(this ControlPlane controlPlane, string manifests) => controlPlane.RunKubectlAsync(["apply", "--filename", "-"], manifests, Cancellation);

    /// <summary>Takes the release away, if there is one, what it leaves behind on purpose, and pods of helm test.</summary>
    public static async Task RemoveReleaseAsync(this ControlPlane controlPlane)
    {
        await controlPlane.RemoveRoutesAsync();
        await controlPlane.HelmAsync("uninstall", Chart.Release, "--namespace", Chart.Namespace, "--ignore-not-found");
        await controlPlane.KubectlAsync("delete", "pods", "--namespace", Chart.Namespace, "--selector", "app.kubernetes.io/component=test", "--timeout=60s");
        await controlPlane.KubectlAsync("delete", "crd", "sentryexporters.sentry-otel.dev", "sentryprojectroutes.sentry-otel.dev", "--ignore-not-found", "--timeout=60s");
    }

    // Routes wait for an operator to let them go, and after an uninstall there is none.
    private static async Task RemoveRoutesAsync(this ControlPlane controlPlane)
    {
        if ((await controlPlane.KubectlAsync("get", "crd", "sentryprojectroutes.sentry-otel.dev", "--ignore-not-found", "--output=name")).Length == 0)
        {
            return;
        }

        await controlPlane.KubectlAsync("delete", "sentryexporters,sentryprojectroutes", "--all", "--all-namespaces", "--wait=false");
        var left = await controlPlane.KubectlAsync("get", "sentryprojectroutes", "--all-namespaces", "--output=jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{\"\\n\"}{end}");
        foreach (var route in left.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' ')))
        {
            await controlPlane.Tools.TryKubectlAsync(
                ["patch", "sentryprojectroutes", route[1], "--namespace", route[0], "--type=merge", "--patch", """{"metadata": {"finalizers": null}}"""], cancellationToken: Cancellation);
        }
    }

    public static Task EstablishedAsync(this ControlPlane controlPlane) =>
        controlPlane.KubectlAsync("wait", "--for=condition=Established", "crd/sentryexporters.sentry-otel.dev", "crd/sentryprojectroutes.sentry-otel.dev", "--timeout=30s");
}
