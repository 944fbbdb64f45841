using System.Text.Json.Nodes;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Tests.Manifests;

namespace SentryOtel.Operator.Tests.Children;

/// <summary>From memory to disk and back: nothing that serves goes before what takes its place.</summary>
public sealed class StorageSwitchTests
{
    private const string Uid = "11111111-2222-3333-4444-555555555555";

    private static readonly Child Deployment = new(ChildKind.Deployment, "main-gateway", null, Live(ready: 1));
    private static readonly Child OldConfiguration = new(ChildKind.ConfigMap, "main-gateway", null, Live(ready: 0));

    [Theory]
    [InlineData(null, true)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void What_serves_stays_until_all_pods_of_the_other_are_ready(int? ready, bool stays)
    {
        var taking = Set(ready is { } number ? Live(number, replicas: 2) : null);

        Assert.Equal(stays, StorageSwitch.Keeps(Deployment, Deployment, taking));
    }

    [Fact]
    public void Its_configuration_stays_as_long_as_it_is_there()
    {
        Assert.True(StorageSwitch.Keeps(OldConfiguration, Deployment, Set(Live(ready: 1))));
        Assert.False(StorageSwitch.Keeps(OldConfiguration, leaving: null, Set(Live(ready: 1))));
    }

    [Fact]
    public void A_status_of_an_older_spec_is_not_ready()
    {
        var live = Live(ready: 1);
        live["metadata"]!["generation"] = 9L;

        Assert.False(StorageSwitch.IsReady(live));
    }

    [Fact]
    public void Only_a_workload_of_the_exporters_own_is_taken_for_the_one_that_leaves()
    {
        Assert.Same(Deployment, StorageSwitch.Leaving([Set(null), Deployment], GatewayOwners.Of(Uid)));
        Assert.Null(StorageSwitch.Leaving([Set(null), Deployment], GatewayOwners.Of("another")));
        Assert.Null(StorageSwitch.Leaving([OldConfiguration, Set(Live(ready: 1))], GatewayOwners.Of(Uid)));
    }

    [Theory]
    [InlineData("""{"size": "10Gi", "storageClassName": "fast"}""", false)]
    [InlineData("""{"size": "20Gi", "storageClassName": "fast"}""", true)]
    [InlineData("""{"size": "10Gi", "storageClassName": "slow"}""", true)]
    [InlineData("""{"size": "10Gi"}""", true)]
    public void Claims_that_a_server_would_not_change_are_left_as_they_are(string claim, bool kept)
    {
        var inputs = TestExporters.Inputs($$$"""{"queue": {"storage": "Disk", "volumeClaim": {{{claim}}}}}""");
        var live = Live(ready: 1);
        live["spec"]!["volumeClaimTemplates"] = JsonNode.Parse(
            """
            [{"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "queue"}, "status": {"phase": "Pending"},
              "spec": {"accessModes": ["ReadWriteOnce"], "volumeMode": "Filesystem", "storageClassName": "fast", "resources": {"requests": {"storage": "10Gi"}}}}]
            """);
        var child = new Child(ChildKind.StatefulSet, "main-gateway", GatewayStatefulSet.Create(inputs, GatewayConfigMap.Create(inputs)), live);

        Assert.Equal(kept, ClaimTemplate.Keep(child));

        Assert.True(LiveState.Holds(live["spec"]!["volumeClaimTemplates"], child.Wanted!["spec"]!["volumeClaimTemplates"]));
    }

    [Fact]
    public void Claims_beyond_the_pods_are_left_over_and_those_of_others_are_not_looked_at()
    {
        string[] claims = ["queue-main-gateway-10", "queue-main-gateway-2", "queue-main-gateway-0", "queue-main-gateway-x", "data-main-gateway-7", "queue-other-gateway-7"];

        Assert.Equal(["queue-main-gateway-2", "queue-main-gateway-10"], LeftClaims.Of(claims, "main-gateway", pods: 1));
        Assert.Empty(LeftClaims.Of(claims, "main-gateway", pods: 11));
    }

    private static Child Set(JsonObject? live) => new(ChildKind.StatefulSet, "main-gateway", new JsonObject(), live);

    private static JsonObject Live(int ready, int replicas = 1) => JsonNode.Parse(
        $$$"""
        {
          "metadata": {"generation": 3, "ownerReferences": [{"controller": true, "uid": "{{{Uid}}}"}]},
          "spec": {"replicas": {{{replicas}}}},
          "status": {"observedGeneration": 3, "replicas": 2, "updatedReplicas": 2, "readyReplicas": {{{ready}}}}
        }
        """)!.AsObject();
}
