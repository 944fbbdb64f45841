using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Tests.Exporters;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Tests.Organizations;

/// <summary>Two organizations behind one gateway.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class SharedGatewayTests(OperatorCluster cluster)
{
    private const string Gateway = Naming.SharedGateway;

    [Fact]
    public async Task Each_service_reaches_its_own_organization_and_the_gateway_outlives_its_host()
    {
        await using var world = await OrganizationsWorld.StartAsync(cluster);
        await ShareAsync(world);

        // There is one gateway, and both exporters name it
        Assert.Equal([Gateway], await GatewaysAsync(world));
        var endpoint = await EndpointAsync(world, "saas");
        Assert.Equal(endpoint, await EndpointAsync(world, "hosted"));
        Assert.Contains(Gateway, endpoint, StringComparison.Ordinal);

        // A value that both claim is the older route's
        await world.CreateRouteAsync(world.One, "saas", "checkout");
        await world.WaitReadyAsync(world.One, "sentryroute/saas-checkout");
        await world.WaitUntilOlderAsync<SentryProjectRoute>(world.One, "saas-checkout");
        await world.CreateRouteAsync(world.One, "hosted", "checkout");
        await world.WaitForAsync(
            async () => (await world.RouteConditionAsync(world.One, "hosted-checkout", "Accepted")).StartsWith("False Conflict", StringComparison.Ordinal), "the younger route gives way");
        Assert.Contains("saas-checkout", await world.RouteConditionAsync(world.One, "hosted-checkout", "Accepted"), StringComparison.Ordinal);

        // One request of both organizations' services: each span arrives once, where it belongs
        await world.SendAsync(world.One, Gateway, "a", "orders", "carts", "checkout");
        await world.WaitForSpansAsync(world.Saas, "orders/orders-a", "checkout/checkout-a");
        await world.WaitForSpansAsync(world.Hosted, "carts/carts-a");
        Assert.Equal(["checkout", "orders"], OrganizationsWorld.ProjectsOf(world.Saas));
        Assert.Equal(["carts"], OrganizationsWorld.ProjectsOf(world.Hosted));

        // A limit of the one organization holds nothing of the other, which has the same slug; and only its own routes say so
        world.Saas.State.Limits.Add(new ActiveLimit { Scope = LimitScope.Organization, Categories = ["span"], Until = DateTimeOffset.UtcNow.AddSeconds(3600), Reason = "org_quota" });
        await world.SendAsync(world.One, Gateway, "b", "orders", "carts");
        await world.WaitForSpansAsync(world.Hosted, "carts/carts-a", "carts/carts-b");
        await world.WaitForAsync(
            async () => (await world.RouteConditionAsync(world.One, "saas-orders", "RateLimited")).StartsWith("True", StringComparison.Ordinal), "the limited route says so");
        await world.WaitForAsync(
            async () => (await world.Client.GetAsync<SentryProjectRoute>("hosted-carts", world.One, OrganizationsWorld.Cancellation))!.Status!.Traffic?.Accepted == 2, "the other's counts");
        Assert.StartsWith("False", await world.RouteConditionAsync(world.One, "hosted-carts", "RateLimited"), StringComparison.Ordinal);

        world.AssertNothingWasForbidden();

        // When the host goes, the other one takes the gateway over: the same objects, the same address
        var service = (await world.Client.GetAsync<V1Service>(Gateway, world.One, OrganizationsWorld.Cancellation))!.Metadata.Uid;
        await world.KubectlAsync(world.One, "delete", "sentryroute/saas-orders", "sentryroute/saas-checkout", "sentryexporter/saas");
        await world.WaitForAsync(async () => await ControllerAsync(world) == "hosted", "the guest has become the host");
        await world.WaitReadyAsync(world.One, "sentryexporter/hosted", "sentryroute/hosted-carts", "sentryroute/hosted-checkout");
        Assert.Equal(service, (await world.Client.GetAsync<V1Service>(Gateway, world.One, OrganizationsWorld.Cancellation))!.Metadata.Uid);
        Assert.Equal(endpoint, await EndpointAsync(world, "hosted"));

        // Pods from before know the old host's routes until they are replaced
        await world.KubectlAsync(world.One, "rollout", "status", $"deployment/{Gateway}", "--timeout=180s");
        await world.SendAsync(world.One, Gateway, "c", "carts", "checkout");
        await world.WaitForSpansAsync(world.Hosted, "carts/carts-a", "carts/carts-b", "carts/carts-c", "checkout/checkout-c");
        world.AssertNothingWasForbidden(toGateways: false);
    }

    [Fact]
    public async Task An_exporter_changes_between_its_own_gateway_and_the_shared_one_and_is_never_without()
    {
        await using var world = await OrganizationsWorld.StartAsync(cluster);
        await world.CreateSaasExporterAsync(world.One, "saas", Share);
        await world.WaitUntilOlderAsync<SentryExporter>(world.One, "saas");
        await world.CreateHostedExporterAsync(world.One, "hosted");
        await world.CreateRouteAsync(world.One, "hosted", "carts");
        await world.WaitReadyAsync(world.One, "sentryexporter/saas", "sentryexporter/hosted", "sentryroute/hosted-carts");
        Assert.Equal(["hosted-gateway", Gateway], await GatewaysAsync(world));

        await world.KubectlAsync(world.One, "patch", "sentryexporter/hosted", "--type=merge", "--patch", """{"spec": {"gateway": {"shared": true}}}""");
        await world.WaitForAsync(async () => (await GatewaysAsync(world)).SequenceEqual([Gateway]), "its own gateway is gone");
        await world.WaitReadyAsync(world.One, "sentryexporter/saas", "sentryexporter/hosted", "sentryroute/hosted-carts");
        await world.SendAsync(world.One, Gateway, "a", "carts");
        await world.WaitForSpansAsync(world.Hosted, "carts/carts-a");

        // A guest whose Secret is gone holds the gateway as it is, and the data of nobody
        await world.KubectlAsync(world.One, "delete", "secret/ingest-ca");
        await world.WaitForAsync(async () => (await world.ConditionAsync(world.One, "saas", "Progressing")).StartsWith("False HeldBack", StringComparison.Ordinal), "the host says what holds it up");
        Assert.Contains("ingest-ca", await world.ConditionAsync(world.One, "saas", "Progressing"), StringComparison.Ordinal);
        await world.SendAsync(world.One, Gateway, "b", "carts");
        await world.WaitForSpansAsync(world.Hosted, "carts/carts-a", "carts/carts-b");

        // Once it is back the host notices, although it is the guest who names it
        await world.SetIngestAuthorityAsync(world.One);
        await world.WaitForAsync(async () => !(await world.ConditionAsync(world.One, "saas", "Progressing")).Contains("HeldBack", StringComparison.Ordinal), "nothing holds the host up");

        // The last to share leaves nothing of it behind
        await world.KubectlAsync(world.One, "delete", "sentryroute/hosted-carts", "sentryexporter/hosted");
        await world.KubectlAsync(world.One, "patch", "sentryexporter/saas", "--type=merge", "--patch", """{"spec": {"gateway": {"shared": false}}}""");
        await world.WaitForAsync(
            async () => !(await world.KubectlAsync(world.One, "get", "deployment,service,configmap,role,rolebinding,serviceaccount", "--output=name")).Contains(Gateway, StringComparison.Ordinal),
            "nothing of the shared gateway is left");
        Assert.Equal(["saas-gateway"], await GatewaysAsync(world));
        await world.WaitReadyAsync(world.One, "sentryexporter/saas");
        world.AssertNothingWasForbidden(toGateways: false);
    }

    private static void Share(SentryExporterSpec spec) => spec.Gateway.Shared = true;

    private static async Task ShareAsync(OrganizationsWorld world)
    {
        await world.CreateSaasExporterAsync(world.One, "saas", Share);
        await world.WaitUntilOlderAsync<SentryExporter>(world.One, "saas");
        await world.CreateHostedExporterAsync(world.One, "hosted", Share);
        await world.CreateRouteAsync(world.One, "saas", "orders");
        await world.CreateRouteAsync(world.One, "hosted", "carts");
        await world.WaitReadyAsync(world.One, "sentryexporter/saas", "sentryexporter/hosted", "sentryroute/saas-orders", "sentryroute/hosted-carts");
    }

    private static async Task<IReadOnlyList<string>> GatewaysAsync(OrganizationsWorld world) =>
        [.. (await world.Client.ListAllAsync<V1Deployment>(world.One, null, OrganizationsWorld.Cancellation)).Items.Select(static deployment => deployment.Metadata.Name!).Order(StringComparer.Ordinal)];

    private static async Task<string> EndpointAsync(OrganizationsWorld world, string exporter) =>
        (await world.Client.GetAsync<SentryExporter>(exporter, world.One, OrganizationsWorld.Cancellation))!.Status!.Endpoint!.Http!;

    private static async Task<string?> ControllerAsync(OrganizationsWorld world) =>
        (await world.Client.GetAsync<V1Deployment>(Gateway, world.One, OrganizationsWorld.Cancellation))!.Metadata.OwnerReferences?.FirstOrDefault(static owner => owner.Controller == true)?.Name;
}
