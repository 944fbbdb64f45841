using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>Discovery with the rights that the chart grants.</summary>
[Collection(OperatorClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ExporterDiscoveryTests(OperatorCluster cluster)
{
    [Fact]
    public async Task A_name_that_somebody_elses_route_has_is_told_and_that_route_stays()
    {
        // Given a route of another service under the name that a discovered one would have
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.Client.CreateAsync(
            new SentryProjectRoute
            {
                Metadata = new V1ObjectMeta { Name = RouteObjectName.For(ExporterWorld.Exporter, "orders"), Namespace = world.Namespace },
                Spec = new SentryProjectRouteSpec
                {
                    ExporterRef = new ExporterReference { Name = "another" },
                    AttributeValue = "sales",
                    Project = new RouteProjectSpec { Slug = "sales" },
                },
            },
            null,
            ExporterWorld.Cancellation);

        // When a workload of that service is labelled
        await world.CreateExporterAsync();
        await world.KubectlAsync("create", "deployment", "orders", "--image=orders:1", "--replicas=0");
        await world.KubectlAsync("label", "deployment", "orders", "service.name=orders");

        // Then the exporter says so, and the route is what it was
        await world.WaitForAsync(
            async () => (await world.KubectlAsync("get", "events", "--field-selector=involvedObject.name=main", "--output=jsonpath={.items[*].reason}")).Contains("NameConflict", StringComparison.Ordinal),
            "an event");
        var route = await world.GetAsync<SentryProjectRoute>(RouteObjectName.For(ExporterWorld.Exporter, "orders"));
        Assert.Equal("sales", route!.Spec.AttributeValue);
        world.AssertNothingWasForbidden();
    }
}
