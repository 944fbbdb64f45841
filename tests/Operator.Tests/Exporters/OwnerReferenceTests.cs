namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>
/// Why the chart grants <c>update</c> on <c>sentryexporters/finalizers</c>, which no request of the operator names: servers with the admission plugin
/// OwnerReferencesPermissionEnforcement, as this one, ask for it.
/// </summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class OwnerReferenceTests(OperatorCluster cluster)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_right_to_finalizers_no_child_of_an_exporter_can_be_made()
    {
        // Given somebody who may create ConfigMaps
        var space = cluster.NextNamespace();
        await cluster.ControlPlane.RunKubectlAsync(["create", "namespace", space], null, Cancellation);
        await GrantAsync(space, "maps", "create", "configmaps");
        var child = $$$"""
            {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "child", "namespace": "{{{space}}}", "ownerReferences": [{
              "apiVersion": "sentry-otel.dev/v1alpha1", "kind": "SentryExporter", "name": "main", "uid": "11111111-2222-3333-4444-555555555555", "blockOwnerDeletion": true}]}}
            """;

        // When they create one that blocks the deletion of an exporter
        var refused = await cluster.ControlPlane.Tools.TryKubectlAsync(["create", "--as", "somebody", "--filename", "-"], child, Cancellation);

        // Then it takes the right to that exporter's finalizers
        Assert.Contains("cannot set blockOwnerDeletion", refused.Error, StringComparison.Ordinal);
        await GrantAsync(space, "finalizers", "update", "sentryexporters.sentry-otel.dev/finalizers");
        await cluster.ControlPlane.RunKubectlAsync(["create", "--as", "somebody", "--filename", "-"], child, Cancellation);
    }

    private async Task GrantAsync(string space, string role, string verb, string resource)
    {
        await cluster.ControlPlane.RunKubectlAsync(["create", "role", role, "--namespace", space, "--verb", verb, "--resource", resource], null, Cancellation);
        await cluster.ControlPlane.RunKubectlAsync(["create", "rolebinding", role, "--namespace", space, "--role", role, "--user", "somebody"], null, Cancellation);
    }
}
