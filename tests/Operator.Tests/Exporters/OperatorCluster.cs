using SentryOtel.Cluster;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>
/// A control plane whose operator account may do exactly what the chart grants it: RBAC is on, and the roles are those that helm renders. Garbage collection and
/// Deployments are Kubernetes' own.
/// </summary>
public sealed class OperatorCluster : IAsyncLifetime
{
    public const string OperatorNamespace = "operator-system";
    public const string OperatorUser = $"system:serviceaccount:{OperatorNamespace}:sentry-otel-operator";

    private int _namespaces;

    /// <summary>The control plane.</summary>
    public ControlPlane ControlPlane { get; private set; } = null!;

    /// <summary>A kubeconfig of the operator's account.</summary>
    public string OperatorKubeconfig { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        // The server of OpenShift, and of others, asks whoever writes an owner reference that blocks deletion for a right of its own.
        ControlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { AdmissionPlugins = ["OwnerReferencesPermissionEnforcement"] });
        await ControlPlane.InstallDefinitionsAsync(RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/plain"));
        await ControlPlane.RunKubectlAsync(["create", "namespace", OperatorNamespace]);
        var permissions = await ControlPlane.RunHelmAsync(
        [
            "template", "sentry-otel-operator", RepositoryFiles.PathOf("charts/sentry-otel-operator"), "--namespace", OperatorNamespace,
            "--show-only", "templates/serviceaccount.yaml",
            "--show-only", "templates/clusterrole.yaml",
            "--show-only", "templates/leader-election-rbac.yaml",
        ]);
        await ControlPlane.RunKubectlAsync(["create", "--validate=false", "--filename", "-"], permissions);
        OperatorKubeconfig = await ControlPlane.CreateServiceAccountKubeconfigAsync(OperatorNamespace, "sentry-otel-operator");
    }

    public async ValueTask DisposeAsync() => await ControlPlane.DisposeAsync();

    internal string NextNamespace() => $"exporters-{Interlocked.Increment(ref _namespaces)}";

    /// <summary>What the operator asked of the API server in a namespace since a time.</summary>
    internal IReadOnlyList<AuditEvent> Requests(string space, DateTimeOffset since) =>
        [.. AuditLog.Read(ControlPlane.AuditLogPath).Where(request => request.User == OperatorUser && request.Namespace == space && request.Time >= since)];
}

/// <summary>The tests that share the control plane; they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class OperatorClusterCollection : ICollectionFixture<OperatorCluster>
{
    public const string Name = "operator cluster";
}
