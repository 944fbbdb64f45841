using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>What keeps data from their project although token, gateway and routes are in order, as conditions tell it.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterTableTests(OperatorCluster cluster)
{
    [Fact]
    public async Task A_fallback_project_that_is_missing_is_told_until_it_is_there()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);

        await world.CreateExporterAsync(static spec =>
            spec.Routing = new RoutingSpec { OnMissingAttribute = MissingAttributePolicy.Fallback, FallbackProject = "rest" });
        await world.WaitAsync("GatewayAvailable", ConditionStatus.True, "PodsReady");
        await world.WaitAsync("ProjectsSynced", ConditionStatus.False, "ProjectNotFound", "routing.fallbackProject: ");
        await world.WaitAsync("Ready", ConditionStatus.False, "ProjectNotFound", "routing.fallbackProject: ");

        await world.PatchExporterAsync("""{"autoCreateProjects": true}""");
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.WaitAsync("ProjectsSynced", ConditionStatus.True, "ProjectsReady");
    }

    [Fact]
    public async Task A_routing_table_whose_name_is_taken_is_told_by_the_exporter_and_by_its_routes()
    {
        // Given somebody else's ConfigMap of the table's name
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.KubectlAsync("create", "configmap", "main-routes", "--from-literal", "mine=yes");

        // When there is an exporter and a route
        await world.CreateExporterAsync();
        await world.CreateDsnRouteAsync("orders", "https://0123456789abcdef0123456789abcdef@sentry.example.com/7");

        // Then all of them name it
        const string Foreign = "-routes exists and does not belong to this exporter";
        foreach (var type in new[] { "ProjectsSynced", "GatewayAvailable", "Ready" })
        {
            await world.WaitAsync(type, ConditionStatus.False, "NameConflict", ExporterWorld.Exporter + Foreign);
        }

        await WaitForRouteAsync("Programmed", ConditionStatus.False, "NameConflict");
        await WaitForRouteAsync("Ready", ConditionStatus.False, "NameConflict");

        // And when it is gone, so is what was told
        world.StartKubelet();
        await world.KubectlAsync("delete", "configmap", "main-routes");
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await WaitForRouteAsync("Programmed", ConditionStatus.False, "GatewayNotReporting");

        Task WaitForRouteAsync(string type, string status, string reason) => world.WaitForAsync(
            async () =>
            {
                var condition = (await world.GetAsync<SentryProjectRoute>("orders"))?.Status?.Conditions.FindCondition(type);
                return (condition?.Status, condition?.Reason) == (status, reason)
                    ? true
                    : throw new InvalidOperationException($"{type} is {condition?.Status}, {condition?.Reason}: {condition?.Message}");
            },
            $"{type}={status}, {reason} of the route");
    }
}
