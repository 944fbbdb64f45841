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
    public void A_new_Deployment_starts_with_the_least_number() => Assert.Equal(2, Sent(TestExporters.Full, live: null));

    [Fact]
    public void While_nobody_else_owns_the_number_it_is_sent_as_it_is() => Assert.Equal(4, Sent(TestExporters.Full, Live(4, Ours)));

    [Fact]
    public void Once_the_autoscaler_owns_the_number_it_is_left_to_it() => Assert.Null(Sent(TestExporters.Full, Live(4, Ours + "," + Autoscaler)));

    [Fact]
    public void A_workload_that_takes_over_starts_with_as_many_pods_as_the_other_has() =>
        Assert.Equal(4, Sent(TestExporters.Full, live: null, new Child(ChildKind.StatefulSet, "main-gateway", null, Live(4, Ours))));

    [Fact]
    public void Without_an_autoscaler_the_number_is_the_settings()
    {
        Assert.Equal(3, Sent(TestExporters.Inputs("""{"gateway": {"replicas": 3}}"""), Live(9, Ours + "," + Autoscaler)));
        Assert.Equal(1, Sent(TestExporters.Minimal, Live(9, Ours)));
    }

    [Fact]
    public void Somebody_elses_autoscaler_owns_the_number_and_has_no_other_beside_it()
    {
        var inputs = TestExporters.Full with { ForeignAutoscaler = "keda-hpa-gateway" };

        Assert.Null(Sent(inputs, Live(4, Ours + "," + Autoscaler)));
        Assert.Null(GatewayHorizontalPodAutoscaler.Create(inputs));
    }

    [Theory]
    [InlineData("Memory", "Deployment")]
    [InlineData("Disk", "StatefulSet")]
    public void The_autoscaler_scales_the_workload_that_there_is(string storage, string kind)
    {
        var inputs = TestExporters.Inputs(
            $$$$"""{"queue": {"storage": "{{{{storage}}}}", "volumeClaim": {"size": "1Gi"}}, "gateway": {"autoscaling": {"maxReplicas": 3}}}""");

        Assert.Equal(kind, (string?)GatewayHorizontalPodAutoscaler.Create(inputs)!["spec"]!["scaleTargetRef"]!["kind"]);
    }

    private static int? Sent(GatewayInputs inputs, JsonObject? live, Child? leaving = null)
    {
        var wanted = GatewayDeployment.Create(inputs, GatewayConfigMap.Create(inputs));
        return (int?)Replicas.Settle(new Child(ChildKind.Deployment, "main-gateway", wanted, live), inputs, leaving).Wanted!["spec"]!["replicas"];
    }

    private static JsonObject Live(int replicas, string managers) =>
        JsonNode.Parse($$$"""{"metadata": {"managedFields": [{{{managers}}}]}, "spec": {"replicas": {{{replicas}}}}}""")!.AsObject();
}
