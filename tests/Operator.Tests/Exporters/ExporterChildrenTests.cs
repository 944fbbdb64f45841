using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Children;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>Children that others have a say in: autoscalers, and kinds that not every cluster serves.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterChildrenTests(OperatorCluster cluster)
{
    [Fact]
    public async Task Somebody_elses_autoscaler_owns_the_number_of_pods_until_it_goes()
    {
        await using var world = await StartAsync();
        await world.WaitForAsync(async () => await world.GetAsync<V1Deployment>(ExporterWorld.Gateway) is not null, "a Deployment");

        await world.Client.ApplyAsync(Autoscaler(world.Namespace), new ApplyOptions { FieldManager = "test" }, ExporterWorld.Cancellation);
        await ReplicasAsync(world, 3);
        await world.PatchExporterAsync("""{"timeout": "7s", "gateway": {"replicas": 2}}""");
        await world.WaitForAsync(
            async () => (await world.GetAsync<V1ConfigMap>(ExporterWorld.Gateway))!.Data!["gateway.yaml"].Contains("timeout: '7s'", StringComparison.Ordinal), "the new setting");
        await world.PassesAsync(5);

        Assert.Equal(3, (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Replicas);
        var exporter = await world.GetAsync<SentryExporter>(ExporterWorld.Exporter);
        Assert.Contains("HorizontalPodAutoscaler theirs", exporter!.Status!.Conditions.FindCondition("Progressing")!.Message, StringComparison.Ordinal);

        await world.KubectlAsync("delete", "horizontalpodautoscaler", "theirs");
        await ReplicasAsync(world, 2);
        world.AssertNothingWasForbidden();
    }

    [Fact]
    public async Task Our_own_autoscaler_takes_the_number_over_and_gives_it_back()
    {
        await using var world = await StartAsync(spec => spec.Gateway.Autoscaling = new AutoscalingSpec { MinReplicas = 2, MaxReplicas = 5 });
        await ReplicasAsync(world, 2);

        await world.PatchExporterAsync("""{"gateway": {"autoscaling": {"minReplicas": 3}}}""");
        await ReplicasAsync(world, 3);
        await world.PassesAsync(5);
        Assert.Equal(3, (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Replicas);

        await world.PatchExporterAsync("""{"gateway": {"autoscaling": null, "replicas": 1}}""");
        await ReplicasAsync(world, 1);
        await world.WaitForAsync(async () => (await world.KubectlAsync("get", "hpa", "--output", "name")).Trim().Length == 0, "no autoscaler");
    }

    [Fact]
    public async Task A_number_that_an_autoscaler_has_written_is_left_to_it_and_taken_back_when_the_autoscaler_goes()
    {
        // Given a number that somebody else has written, as a server of today notes it of a HorizontalPodAutoscaler
        await using var world = await StartAsync(spec => spec.Gateway.Autoscaling = new AutoscalingSpec { MinReplicas = 2, MaxReplicas = 5 });
        await ReplicasAsync(world, 2);
        await world.Client.PatchAsync<V1Deployment>(
            ExporterWorld.Gateway, world.Namespace, JsonNode.Parse("""{"spec": {"replicas": 4}}""")!.AsObject(), new PatchOptions { FieldManager = "kube-controller-manager" }, ExporterWorld.Cancellation);

        // When other settings roll, then the number stays, and is not the operator's any more
        await world.PatchExporterAsync("""{"gateway": {"podAnnotations": {"example.com/roll": "1"}}}""");
        await world.WaitForAsync(async () => !(await OwnersAsync(world)).Contains("sentry-otel-operator"), "the number is given away");
        await world.PassesAsync(3);
        Assert.Equal(4, (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Replicas);

        // And without the autoscaler it is the operator's again
        await world.PatchExporterAsync("""{"gateway": {"autoscaling": null, "replicas": 1}}""");
        await ReplicasAsync(world, 1);
        Assert.Contains("sentry-otel-operator", await OwnersAsync(world));
    }

    [Fact]
    public async Task The_Service_changes_its_type_and_annotations_and_keeps_its_address()
    {
        await using var world = await StartAsync(spec => spec.Gateway.Service = new GatewayServiceSpec
        {
            Type = GatewayServiceType.NodePort,
            Annotations = new() { ["example.com/pool"] = "a" },
        });
        var before = await ServiceAsync(static service => service.Spec?.Type == "NodePort");
        Assert.Equal("a", before.Metadata.Annotations!["example.com/pool"]);

        await world.PatchExporterAsync("""{"gateway": {"service": {"type": "ClusterIP", "annotations": null}}}""");

        var after = await ServiceAsync(static service => service.Spec?.Type == "ClusterIP");
        Assert.False(after.Metadata.Annotations!.ContainsKey("example.com/pool"));
        Assert.Equal((before.Metadata.Uid, before.Spec!.ClusterIP), (after.Metadata.Uid, after.Spec!.ClusterIP));

        async Task<V1Service> ServiceAsync(Func<V1Service, bool> isRight)
        {
            V1Service? service = null;
            await world.WaitForAsync(async () => (service = await world.GetAsync<V1Service>(ExporterWorld.Gateway)) is not null && isRight(service), "the Service");
            return service!;
        }
    }

    [Fact]
    public async Task A_monitor_is_made_as_soon_as_its_kind_is_served_and_until_then_the_kind_is_named()
    {
        await using var world = await StartAsync(spec => spec.Gateway.Monitor = new GatewayMonitorSpec { Labels = new() { ["release"] = "prometheus" } });
        var exporter = await world.WaitAsync("Progressing", ConditionStatus.False, "KindNotServed");
        Assert.EndsWith(": ServiceMonitor", exporter.Status!.Conditions.FindCondition("Progressing")!.Message, StringComparison.Ordinal);
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");

        await InstallAsync("ServiceMonitor");
        await world.WaitForAsync(
            async () => (string?)(await MonitorAsync(world))?["metadata"]?["labels"]?["release"] == "prometheus", "the monitor");
        await world.WaitAsync("Progressing", ConditionStatus.True, "RollingOut");

        await world.PatchExporterAsync("""{"gateway": {"monitor": {"kind": "PodMonitor"}}}""");
        await world.WaitForAsync(async () => await MonitorAsync(world) is null, "no ServiceMonitor");
        exporter = await world.WaitAsync("Progressing", ConditionStatus.False, "KindNotServed");
        Assert.EndsWith(": PodMonitor", exporter.Status!.Conditions.FindCondition("Progressing")!.Message, StringComparison.Ordinal);

        await InstallAsync("PodMonitor");
        await world.WaitForAsync(async () => await PodMonitorAsync(world) is not null, "the other monitor");
        await world.PatchExporterAsync("""{"gateway": {"monitor": null}}""");
        await world.WaitForAsync(async () => await PodMonitorAsync(world) is null, "no monitor");
        world.AssertNothingWasForbidden();
    }

    /// <summary>The field managers that own the number of pods.</summary>
    private static async Task<IReadOnlyList<string>> OwnersAsync(ExporterWorld world)
    {
        var live = await world.Client.GetAsync(ChildKind.Deployment, ExporterWorld.Gateway, world.Namespace, ExporterWorld.Cancellation);
        return
        [
            .. live!["metadata"]!["managedFields"]!.AsArray()
                .Where(static entry => entry!["fieldsV1"]?["f:spec"] is JsonObject spec && spec.ContainsKey("f:replicas"))
                .Select(static entry => (string)entry!["manager"]!),
        ];
    }

    [Fact]
    public async Task A_service_account_of_somebody_elses_takes_the_place_of_the_exporters_own()
    {
        await using var world = await StartAsync();
        await world.WaitForAsync(async () => await world.GetAsync<V1ServiceAccount>(ExporterWorld.Gateway) is not null, "an account");

        await world.PatchExporterAsync("""{"gateway": {"serviceAccountName": "theirs"}}""");

        await world.WaitForAsync(async () => await world.GetAsync<V1ServiceAccount>(ExporterWorld.Gateway) is null, "no account of its own");
        world.AssertNothingWasForbidden();
    }

    /// <summary>The server serves a kind of monitors from now on.</summary>
    private Task<string> InstallAsync(string kind)
    {
        var singular = kind.ToLowerInvariant();
        return cluster.ControlPlane.RunKubectlAsync(
            ["apply", "--validate=false", "--filename", "-"],
            $$$$"""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: {{{{singular}}}}s.monitoring.coreos.com}
            spec:
              group: monitoring.coreos.com
              scope: Namespaced
              names: {kind: {{{{kind}}}}, listKind: {{{{kind}}}}List, plural: {{{{singular}}}}s, singular: {{{{singular}}}}}
              versions:
              - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
            """,
            ExporterWorld.Cancellation);
    }

    private static Task<JsonObject?> MonitorAsync(ExporterWorld world) =>
        world.Client.GetAsync(ChildKind.ServiceMonitor("monitoring.coreos.com/v1"), ExporterWorld.Gateway, world.Namespace, ExporterWorld.Cancellation);

    private static Task<JsonObject?> PodMonitorAsync(ExporterWorld world) =>
        world.Client.GetAsync(ChildKind.PodMonitor("monitoring.coreos.com/v1"), ExporterWorld.Gateway, world.Namespace, ExporterWorld.Cancellation);

    private static JsonObject Autoscaler(string space) => JsonNode.Parse(
        $$$"""
        {
          "apiVersion": "autoscaling/v1", "kind": "HorizontalPodAutoscaler", "metadata": {"name": "theirs", "namespace": "{{{space}}}"},
          "spec": {"minReplicas": 3, "maxReplicas": 5, "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "main-gateway"}}
        }
        """)!.AsObject();

    private async Task<ExporterWorld> StartAsync(Action<SentryExporterSpec>? change = null)
    {
        var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(change);
        return world;
    }

    private static Task ReplicasAsync(ExporterWorld world, int number) => world.WaitForAsync(
        async () => (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))?.Spec?.Replicas == number, $"{number} replicas");
}
