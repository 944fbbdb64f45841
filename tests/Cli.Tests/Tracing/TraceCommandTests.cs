using System.Text.Json.Nodes;
using static SentryOtel.Cli.Tests.StatedWorld;

namespace SentryOtel.Cli.Tests.Tracing;

/// <summary><c>trace</c> against a real API server.</summary>
[Trait("Category", "Processes")]
[Collection(ClusterCollection.Name)]
public sealed class TraceCommandTests(ClusterFixture cluster)
{
    [Fact]
    public async Task Steps_are_told_from_the_exporter_to_the_client_with_the_verdict_at_the_end()
    {
        using var world = await cluster.CreateWorldAsync();
        await ReadyAsync(world);
        await cluster.ControlPlane.RunKubectlAsync(
            ["create", "--validate=false", "--filename", "-"],
            $$"""
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: shop, namespace: {{world.Namespace}}, labels: {service.name: orders} }
            spec:
              selector: {matchLabels: {app: shop} }
              template:
                metadata: {labels: {app: shop} }
                spec: {containers: [{name: app, image: shop, env: [{name: OTEL_SERVICE_NAME, value: order-service}]}]}
            """,
            TestContext.Current.CancellationToken);

        var run = await world.RunAsync("trace", "orders");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Lines, static line => Assert.InRange(line.Length, 0, 120));
        Assert.Contains($"[ok] SentryExporter {world.Namespace}/main leads to organisation acme at https://sentry.io", run.Output, StringComparison.Ordinal);
        Assert.Contains($"[ok] route {world.Namespace}/orders, written by a person", run.Output, StringComparison.Ordinal);
        Assert.Contains($"[!!] Deployment {world.Namespace}/shop is announced as orders by its label, but container", run.Output, StringComparison.Ordinal);
        Assert.Contains("[..] clients send to http://main-gateway.", run.Output, StringComparison.Ordinal);
        Assert.Equal($"A span of orders sent now to {world.Namespace}/main would arrive in project orders. See what is marked as wrong above.", run.Lines[^2]);
    }

    [Fact]
    public async Task A_service_that_would_not_arrive_ends_with_1()
    {
        using var world = await cluster.CreateWorldAsync();
        await ReadyAsync(world);

        var run = await world.RunAsync("trace", "checkout", "--output", "json");

        Assert.Equal(1, run.ExitCode);
        var trace = JsonNode.Parse(run.Output)!["traces"]![0]!;
        Assert.False((bool)trace["arrives"]!);
        Assert.Contains("autoCreateProjects is off", (string)trace["verdict"]!, StringComparison.Ordinal);
    }

    private static async Task ReadyAsync(StatedWorld world)
    {
        await world.ExporterAsync("main", Condition("Ready", true, "Ready", "telemetry is taken and sent"));
        await world.RouteAsync("main", "orders",
            Condition("Accepted", true, "Accepted", "the exporter takes the route"),
            Condition("ProjectReady", true, "ProjectFound", "the project was there before"),
            Condition("Programmed", true, "Programmed", "every running gateway serves the route"),
            Condition("Ready", true, "Ready", "a span sent now arrives"));
    }
}
