using SentryOtel.Cluster;
using SentryOtel.Testing;

namespace SentryOtel.Cli.Tests;

/// <summary>A control plane with both definitions, without operator and controllers: objects are in the state that a test gives them.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private int _namespaces;

    /// <summary>The control plane.</summary>
    public ControlPlane ControlPlane { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        ControlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, cancellation);
        var definitions = RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/plain");
        await ControlPlane.RunKubectlAsync(["create", "--validate=false", "--filename", definitions], null, cancellation);
        await ControlPlane.RunKubectlAsync(["wait", "--for=condition=Established", "--timeout=60s", "--filename", definitions], null, cancellation);
    }

    public ValueTask DisposeAsync() => ControlPlane.DisposeAsync();

    /// <summary>A namespace of a test's own.</summary>
    internal async Task<StatedWorld> CreateWorldAsync()
    {
        var world = new StatedWorld(ControlPlane, $"cli-{Interlocked.Increment(ref _namespaces)}");
        await ControlPlane.RunKubectlAsync(["create", "namespace", world.Namespace], null, TestContext.Current.CancellationToken);
        return world;
    }
}

/// <summary>The tests that share the control plane; they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class ClusterCollection : ICollectionFixture<ClusterFixture>
{
    public const string Name = "cluster";
}
