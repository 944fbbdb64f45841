using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Tests.Exporters;

namespace SentryOtel.Operator.Tests.Organizations;

/// <summary>Several exporters, each with a gateway of its own.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class SideBySideTests(OperatorCluster cluster)
{
    [Fact]
    public async Task Exporters_of_several_Sentrys_and_namespaces_work_side_by_side_and_never_touch_each_other()
    {
        await using var world = await OrganizationsWorld.StartAsync(cluster);

        // Given the same service name at two Sentrys in one namespace, and another of the first in another namespace
        await world.CreateSaasExporterAsync(world.One, "saas");
        await world.CreateHostedExporterAsync(world.One, "hosted");
        await world.CreateSaasExporterAsync(world.Two, "saas");
        await world.CreateRouteAsync(world.One, "saas", "orders");
        await world.CreateRouteAsync(world.One, "hosted", "orders");
        await world.CreateRouteAsync(world.Two, "saas", "invoices");
        await world.WaitReadyAsync(world.One, "sentryexporter/saas", "sentryexporter/hosted", "sentryroute/saas-orders", "sentryroute/hosted-orders");
        await world.WaitReadyAsync(world.Two, "sentryexporter/saas", "sentryroute/saas-invoices");

        // Each speaks to its own Sentry, at the region that it names
        Assert.Equal(world.Saas.ManagementUrl, await RegionAsync(world, world.One, "saas"));
        Assert.Equal(world.Hosted.ManagementUrl, await RegionAsync(world, world.One, "hosted"));

        // When each gateway gets a span
        await world.SendAsync(world.One, "saas-gateway", "a", "orders");
        await world.SendAsync(world.One, "hosted-gateway", "b", "orders");
        await world.SendAsync(world.Two, "saas-gateway", "c", "invoices");

        // Then each arrives in its own organization and project, and no other project was made
        await world.WaitForSpansAsync(world.Saas, "orders/orders-a", "invoices/invoices-c");
        await world.WaitForSpansAsync(world.Hosted, "orders/orders-b");
        Assert.Equal(["invoices", "orders"], OrganizationsWorld.ProjectsOf(world.Saas));
        Assert.Equal(["orders"], OrganizationsWorld.ProjectsOf(world.Hosted));

        // When one goes, its objects go, and the others' stay as they are
        var kept = await GenerationsAsync(world);
        await world.KubectlAsync(world.One, "delete", "sentryroute/hosted-orders", "sentryexporter/hosted");
        await world.WaitForAsync(async () => await world.Client.GetAsync<V1Deployment>("hosted-gateway", world.One, OrganizationsWorld.Cancellation) is null, "the deleted exporter's gateway is gone");
        Assert.Equal(kept, await GenerationsAsync(world));
        await world.SendAsync(world.One, "saas-gateway", "d", "orders");
        await world.WaitForSpansAsync(world.Saas, "orders/orders-a", "invoices/invoices-c", "orders/orders-d");
        Assert.Equal(["orders"], OrganizationsWorld.ProjectsOf(world.Hosted));

        // The deleted one's pods may outlive its Role for a moment
        world.AssertNothingWasForbidden(except: $"system:serviceaccount:{world.One}:hosted-gateway");
    }

    private static async Task<Uri> RegionAsync(OrganizationsWorld world, string space, string exporter) =>
        new((await world.Client.GetAsync<SentryExporter>(exporter, space, OrganizationsWorld.Cancellation))!.Status!.Organization!.RegionUrl!);

    private static async Task<IReadOnlyList<(string? Uid, long? Generation)>> GenerationsAsync(OrganizationsWorld world)
    {
        var found = new List<(string?, long?)>();
        foreach (var space in (string[])[world.One, world.Two])
        {
            var deployment = await world.Client.GetAsync<V1Deployment>("saas-gateway", space, OrganizationsWorld.Cancellation);
            found.Add((deployment!.Metadata.Uid, deployment.Metadata.Generation));
        }

        return found;
    }
}
