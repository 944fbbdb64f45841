using System.Text.Json.Nodes;
using SentryOtel.Operator.Children;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Tests.Manifests;

namespace SentryOtel.Operator.Tests.Children;

/// <summary>Handing the number of replicas over to an autoscaler: left out too early, the server resets it to one.</summary>
public sealed class ReplicasTests
{
    private const string Ours = """{"manager": "sentry-otel-operator", "fieldsV1": {"f:spec": {"f:replicas": {}}}}""";
    private const string Autoscaler = """{"manager": "kube-controller-manager", "fieldsV1": {"f:spec": {"f:replicas": {}}}}""";

    [Fact]
    public void A_new_Deployment_starts_with_the_least_number() => Assert.Equal(2, Sent(live: null));

    [Fact]
    public void While_nobody_else_owns_the_number_it_is_sent_as_it_is() => Assert.Equal(4, Sent(Live(4, Ours)));

    [Fact]
    public void Once_the_autoscaler_owns_the_number_it_is_left_to_it() => Assert.Null(Sent(Live(4, Ours + "," + Autoscaler)));

    [Fact]
    public void Without_an_autoscaler_the_number_is_the_settings()
    {
        var inputs = TestExporters.Minimal;
        var wanted = GatewayDeployment.Create(inputs, GatewayConfigMap.Create(inputs), 3);

        var child = GatewayChildren.WithReplicas(new Child(ChildKind.Deployment, wanted, Live(9, Ours)), inputs);

        Assert.Equal(3, (int?)child.Wanted!["spec"]!["replicas"]);
    }

    private static int? Sent(JsonObject? live)
    {
        var inputs = TestExporters.Full;
        var wanted = GatewayDeployment.Create(inputs, GatewayConfigMap.Create(inputs), replicas: null);
        return (int?)GatewayChildren.WithReplicas(new Child(ChildKind.Deployment, wanted, live), inputs).Wanted!["spec"]!["replicas"];
    }

    private static JsonObject Live(int replicas, string managers) =>
        JsonNode.Parse($$$"""{"metadata": {"managedFields": [{{{managers}}}]}, "spec": {"replicas": {{{replicas}}}}}""")!.AsObject();
}
