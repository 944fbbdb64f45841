using SentryOtel.Cli.Tracing;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Tests.Tracing;

public sealed class WorkloadTests
{
    [Fact]
    public void A_label_and_another_OTEL_SERVICE_NAME_are_a_mistake_that_is_told()
    {
        var problem = Assert.Single(Problems(Workload("orders", ("OTEL_SERVICE_NAME", "order-service"))));

        Assert.Contains("announced as orders by its label, but container app calls itself order-service", problem.Text, StringComparison.Ordinal);
        Assert.Contains("trace order-service", problem.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_mistake_seen_from_the_other_name_is_told_too()
    {
        var problem = Assert.Single(Problems(Workload("order", ("OTEL_SERVICE_NAME", "orders"))));

        Assert.Contains("calls itself orders, but its label says order", problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OTEL_SERVICE_NAME", "orders")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES", "team=a, service.name=orders")]
    public void Equal_names_are_well(string variable, string value) => Assert.Empty(Problems(Workload("orders", (variable, value))));

    [Fact]
    public void OTEL_SERVICE_NAME_goes_before_the_attribute() =>
        Assert.Empty(Problems(Workload("orders", ("OTEL_RESOURCE_ATTRIBUTES", "service.name=other"), ("OTEL_SERVICE_NAME", "orders"))));

    [Fact]
    public void A_client_that_sends_elsewhere_is_told()
    {
        var problem = Assert.Single(Problems(Workload("orders", ("OTEL_SERVICE_NAME", "orders"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://otel-collector:4317"))));

        Assert.Contains("http://otel-collector:4317", problem.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://main-gateway.observability.svc:4318")]
    [InlineData("http://main-gateway.observability.svc.cluster.local:4317")]
    [InlineData("http://main-gateway:4317")]
    public void A_client_that_sends_to_the_gateway_is_well(string endpoint) =>
        Assert.Empty(Problems(Workload("orders", ("OTEL_SERVICE_NAME", "orders"), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint))));

    [Fact]
    public void A_workload_of_another_service_does_not_concern_this_one() =>
        Assert.False(Workload("checkout", ("OTEL_SERVICE_NAME", "checkout")).Concerns("orders", [DiscoverySource.Label, DiscoverySource.Environment]));

    [Theory]
    [InlineData(DiscoverySource.Environment, "is announced by its environment, and calls itself so")]
    [InlineData(DiscoverySource.Label, "discovery does not announce it: it has no label")]
    public void What_announces_a_workload_is_what_the_exporter_reads(DiscoverySource source, string expected)
    {
        var world = new TraceWorld();
        world.Exporter.Spec.Discovery.Sources = [source];
        world.Workloads.Add(Workload(null, ("OTEL_SERVICE_NAME", "orders")));

        Assert.Contains(world.Trace().Steps, step => step.Text.Contains(expected, StringComparison.Ordinal));
    }


    private static IEnumerable<(TraceMark Mark, string Text, string? Cure)> Problems(TracedWorkload workload)
    {
        var world = new TraceWorld();
        world.Workloads.Add(workload);
        return TraceWorld.Problems(world.Trace());
    }

    private static TracedWorkload Workload(string? label, params (string Name, string Value)[] environment) => TracedWorkload.Of(
        "Deployment",
        new V1ObjectMeta { Name = "orders", Namespace = "shop", Labels = label is null ? null : new Dictionary<string, string> { ["service.name"] = label } },
        new V1PodTemplateSpec
        {
            Spec = new V1PodSpec
            {
                Containers = [new V1Container { Name = "app", Env = [.. environment.Select(static variable => new V1EnvVar { Name = variable.Name, Value = variable.Value })] }],
            },
        },
        "service.name");
}
