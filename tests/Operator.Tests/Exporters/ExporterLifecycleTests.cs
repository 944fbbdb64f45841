using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests.Exporters;

[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterLifecycleTests(OperatorCluster cluster)
{
    private static readonly string[] Children = ["deployment", "service", "configmap", "serviceaccount", "role", "rolebinding"];

    [Fact]
    public async Task An_exporter_is_Ready_when_its_pods_are_and_not_before()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();

        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted");
        var waiting = await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");
        Assert.Equal("0/1", waiting.Status!.Gateway!.Summary);

        world.StartKubelet();
        var ready = await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        var complete = await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");

        Assert.Equal(ready.Metadata.Generation, ready.Status!.ObservedGeneration);
        Assert.Equal("1/1", complete.Status!.Gateway!.Summary);
        Assert.Equal("acme", ready.Status.Organization!.Name);
        Assert.Equal($"http://main-gateway.{world.Namespace}.svc:4317", ready.Status.Endpoint!.Grpc);
        foreach (var kind in Children)
        {
            Assert.Contains(ExporterWorld.Gateway, await world.KubectlAsync("get", kind, "--output", "name"), StringComparison.Ordinal);
        }

        await world.KubectlAsync("wait", "sentryexporter/main", "--for=condition=Ready", "--timeout=5s");
    }

    [Fact]
    public async Task A_changed_setting_rolls_the_pods_and_a_scale_does_not()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        var before = await HashAsync(world);

        await world.KubectlAsync("scale", "sentryexporter/main", "--replicas=2");
        await world.WaitForAsync(async () => (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Replicas == 2, "two replicas");
        Assert.Equal(before, await HashAsync(world));

        await world.PatchExporterAsync("""{"timeout": "7s"}""");
        await world.WaitForAsync(async () => await HashAsync(world) != before, "another hash on the pods");
        var map = await world.GetAsync<V1ConfigMap>(ExporterWorld.Gateway);
        Assert.Contains("timeout: '7s'", map!.Data!["gateway.yaml"], StringComparison.Ordinal);
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status!.Gateway!.Summary == "2/2", "two ready pods in the status");
    }

    [Fact]
    public async Task A_deleted_exporter_takes_its_children_along()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");

        await world.KubectlAsync("delete", "sentryexporter", "main");

        await world.WaitForAsync(
            async () => !(await world.KubectlAsync("get", string.Join(',', Children), "--output", "name")).Contains(ExporterWorld.Gateway, StringComparison.Ordinal),
            "no child is left");
    }

    [Fact]
    public async Task What_somebody_changes_or_deletes_is_put_right()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");

        await world.KubectlAsync("delete", "service", ExporterWorld.Gateway);
        await world.KubectlAsync("set", "image", "deployment/main-gateway", "gateway=intruder:1");

        await world.WaitForAsync(async () => await world.GetAsync<V1Service>(ExporterWorld.Gateway) is not null, "the Service is back");
        await world.WaitForAsync(
            async () => (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Template!.Spec!.Containers!.Single().Image == "gateway:test",
            "the image is ours again");
    }

    [Fact]
    public async Task Optional_children_come_and_go_with_the_settings()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec => spec.Gateway = new GatewaySpec
        {
            Autoscaling = new AutoscalingSpec { MinReplicas = 2, MaxReplicas = 4 },
            PodDisruptionBudget = new PodDisruptionBudgetSpec { MaxUnavailable = 1 },
            NetworkPolicy = new NetworkPolicySpec { Egress = new NetworkPolicyEgressSpec { Ports = [9000] } },
            Ingress = new GatewayIngressSpec { Host = "otlp.example.com", Grpc = new GatewayIngressRule { Host = "grpc.example.com" } },
        });
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");
        const string Optional = "horizontalpodautoscaler,poddisruptionbudget,networkpolicy,ingress";
        Assert.Equal(5, (await world.KubectlAsync("get", Optional, "--output", "name")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Equal(2, (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Replicas);

        await world.PatchExporterAsync("""{"gateway": {"autoscaling": null, "podDisruptionBudget": null, "networkPolicy": null, "ingress": null}}""");

        await world.WaitForAsync(async () => (await world.KubectlAsync("get", Optional, "--output", "name")).Trim().Length == 0, "none is left");
        await world.WaitForAsync(async () => (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Replicas == 1, "one replica");
    }

    [Fact]
    public async Task A_labelled_workload_gets_a_route_and_a_project_before_its_first_span()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec => spec.AutoCreateProjects = true);
        await world.KubectlAsync("create", "deployment", "shop", "--image=shop:1");

        await world.KubectlAsync("label", "deployment", "shop", "service.name=orders");

        await world.WaitForAsync(
            async () => (await world.Client.ListAllAsync<SentryProjectRoute>(world.Namespace, null, ExporterWorld.Cancellation)).Items
                .Any(static route => route is { Spec.AttributeValue: "orders", Status: { Origin: RouteOrigin.Discovered, Project: { Created: true, Slug: "orders" } } }),
            "the discovered route has its project");
        await world.WaitForAsync(
            async () => (await world.GetAsync<V1ConfigMap>("main-routes"))?.Data?["routes.json"].Contains("\"state\":\"Active\"", StringComparison.Ordinal) == true,
            "the routing table has the project");
        var exporter = await world.WaitAsync("ProjectsSynced", ConditionStatus.True, "ProjectsReady");
        Assert.Equal(1, exporter.Status!.Routes!.Total);
    }

    [Fact]
    public async Task A_suspended_exporter_is_left_alone()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec => spec.Suspend = true);

        await world.WaitAsync("Ready", ConditionStatus.False, "Suspended");

        Assert.Null(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));
        await world.PatchExporterAsync("""{"suspend": false}""");
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");
    }

    private static async Task<string> HashAsync(ExporterWorld world) =>
        (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!.Spec!.Template!.Metadata!.Annotations![GatewayPodTemplate.ConfigHashAnnotation];
}
