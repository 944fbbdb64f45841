using SentryOtel.Cluster;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>One API server with the custom resources for all tests of routes; each test has a namespace of its own.</summary>
public sealed class RouteCluster : IAsyncLifetime
{
    private int _namespaces;

    /// <summary>The control plane; its controllers are not needed.</summary>
    public ControlPlane ControlPlane { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        ControlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false });
        var definitions = RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/plain");
        await ControlPlane.RunKubectlAsync(["apply", "--filename", definitions]);
        await ControlPlane.RunKubectlAsync(["wait", "crd", "--all", "--for=condition=Established", "--timeout=60s"]);
    }

    public async ValueTask DisposeAsync() => await ControlPlane.DisposeAsync();

    /// <summary>A group may do all with these resources, <c>api.group/resource</c>, and nothing with others.</summary>
    internal Task GrantAsync(string group, IEnumerable<string> resources)
    {
        var rules = resources.Select(static resource => resource.Split('/')).Select(static parts => $"{{ apiGroups: ['{parts[0]}'], resources: ['{parts[1]}'], verbs: ['*'] }}");
        var manifests = $$"""
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRole
            metadata: { name: {{group}} }
            rules: [ {{string.Join(", ", rules)}} ]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: ClusterRoleBinding
            metadata: { name: {{group}} }
            roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: {{group}} }
            subjects: [ { apiGroup: rbac.authorization.k8s.io, kind: Group, name: {{group}} } ]
            """;
        return ControlPlane.RunKubectlAsync(["apply", "--filename", "-"], manifests, TestContext.Current.CancellationToken);
    }

    internal string NextNamespace() => $"routes-{Interlocked.Increment(ref _namespaces)}";
}

/// <summary>The tests that share the API server; they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class RouteClusterCollection : ICollectionFixture<RouteCluster>
{
    public const string Name = "route cluster";
}
