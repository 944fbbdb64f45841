using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Tests.Exporters;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Tests.Planning;

/// <summary>Annotation <c>sentry-otel.dev/plan</c> on an exporter, with the whole operator.</summary>
[Collection(OperatorClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class PlannedExporterTests(OperatorCluster cluster)
{
    [Fact]
    public async Task A_new_exporter_says_which_projects_it_would_create_and_does_nothing_until_told()
    {
        // Given a labelled workload and an exporter that is only planned
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.KubectlAsync("create", "deployment", "orders", "--image=orders:1", "--replicas=0");
        await world.KubectlAsync("label", "deployment", "orders", "service.name=orders");
        await world.CreateExporterAsync(
            static spec =>
            {
                spec.AutoCreateProjects = true;
                spec.Routing = new RoutingSpec { OnMissingAttribute = MissingAttributePolicy.Fallback, FallbackProject = "rest" };
            },
            static metadata => metadata.Annotations = new Dictionary<string, string> { [SentryOtelGroup.PlanAnnotation] = "true" });

        // When the operator has looked at all of it
        var planned = await world.WaitAsync("Planned", ConditionStatus.True, "OnlyPlanned", "orders");

        // Then it says what it would do, and has done nothing
        Assert.Equal("would create the projects of 2: orders, routing.fallbackProject", planned.Status!.Conditions.FindCondition("Planned")!.Message);
        Assert.Equal("OnlyPlanned", planned.Status.Conditions.FindCondition("Progressing")!.Reason);
        Assert.Empty(world.Sentry.State.Projects.All());
        Assert.DoesNotContain(world.Sentry.State.Requests.All(ServerSide.Management), static request => request.Method != "GET");
        Assert.Null(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));
        Assert.Equal("", await world.KubectlAsync("get", "sentryprojectroutes", "--output", "name"));

        // And when the annotation is taken away it does what it said
        await world.KubectlAsync("annotate", "sentryexporter", ExporterWorld.Exporter, SentryOtelGroup.PlanAnnotation + "-");
        await world.WaitForAsync(
            () => Task.FromResult(world.Sentry.State.Projects.Find("orders") is not null && world.Sentry.State.Projects.Find("rest") is not null), "both projects");
        await world.WaitForAsync(async () => await world.GetAsync<V1Deployment>(ExporterWorld.Gateway) is not null, "a gateway");
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status!.Conditions.FindCondition("Planned") is null, "no plan any more");
        world.AssertNothingWasForbidden();
    }

    [Fact]
    public async Task A_discovered_route_that_is_due_to_go_with_its_project_is_told_and_stays()
    {
        // Given a discovered service whose workload is gone
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.KubectlAsync("create", "deployment", "orders", "--image=orders:1", "--replicas=0");
        await world.KubectlAsync("label", "deployment", "orders", "service.name=orders");
        await world.CreateExporterAsync(static spec => (spec.AutoCreateProjects, spec.Projects.DeletionPolicy) = (true, DeletionPolicy.Delete));
        await world.WaitForAsync(() => Task.FromResult(world.Sentry.State.Projects.Find("orders") is not null), "the project");
        await world.KubectlAsync("delete", "deployment", "orders");
        await world.WaitForAsync(
            async () => (await world.KubectlAsync("get", "sentryprojectroutes", "--output", "jsonpath={.items[*].metadata.annotations}")).Contains("unused-since", StringComparison.Ordinal), "the mark");

        // When its time is over, and the exporter is only planned
        await world.KubectlAsync("annotate", "sentryexporter", ExporterWorld.Exporter, SentryOtelGroup.PlanAnnotation + "=true");
        await world.WaitAsync("Planned", ConditionStatus.True, "OnlyPlanned", "orders");
        await world.KubectlAsync("patch", "sentryexporter", ExporterWorld.Exporter, "--type=merge", "--patch", """{"spec":{"discovery":{"gracePeriod":"1ms"}}}""");

        // Then what would become of the project is told, and it is there
        await world.WaitAsync("Planned", ConditionStatus.True, "OnlyPlanned", "would delete those of 1: orders");
        Assert.NotNull(world.Sentry.State.Projects.Find("orders"));
    }
}
