using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>The queue on disk, in a real API server with Kubernetes' own controllers of Deployments, StatefulSets and garbage.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterStorageTests(OperatorCluster cluster)
{
    private const string ToDisk = """{"queue": {"storage": "Disk", "volumeClaim": {"size": "1Gi"}}}""";
    private const string ToMemory = """{"queue": {"storage": "Memory", "volumeClaim": null}}""";

    [Fact]
    public async Task A_queue_on_disk_is_a_StatefulSet_with_a_claim_for_each_pod()
    {
        await using var world = await StartAsync(QueueStorage.Disk, replicas: 2);
        world.StartKubelet();

        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");

        Assert.Null(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));
        Assert.Equal(["queue-main-gateway-0", "queue-main-gateway-1"], await ClaimsAsync(world));
        await world.WaitAsync("VolumesReleased", ConditionStatus.True, "NoClaimLeft");
    }

    [Fact]
    public async Task From_memory_to_disk_the_old_pods_serve_until_the_new_ones_are_ready()
    {
        await using var world = await StartAsync(QueueStorage.Memory, replicas: 1);
        await world.WaitForAsync(async () => await world.GetAsync<V1Deployment>(ExporterWorld.Gateway) is not null, "a Deployment");
        await world.MakePodsReadyAsync();
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");

        await world.PatchExporterAsync(ToDisk);
        await world.WaitAsync("Progressing", ConditionStatus.True, "SwitchingStorage");
        await world.WaitForAsync(async () => (await world.GetAsync<V1StatefulSet>(ExporterWorld.Gateway))?.Status?.Replicas == 1, "a pod that is not ready");
        await world.PassesAsync(3);

        Assert.NotNull(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));
        Assert.NotNull(await world.GetAsync<V1ConfigMap>("main-gateway"));
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");

        world.StartKubelet();
        await world.WaitForAsync(async () => await world.GetAsync<V1Deployment>(ExporterWorld.Gateway) is null, "no Deployment");
        await world.WaitForAsync(async () => await world.GetAsync<V1ConfigMap>("main-gateway") is null, "no configuration of it");
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");
    }

    [Fact]
    public async Task From_disk_to_memory_the_claims_stay_and_are_named_and_used_again_on_the_way_back()
    {
        await using var world = await StartAsync(QueueStorage.Disk, replicas: 2);
        world.StartKubelet();
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");

        await world.PatchExporterAsync(ToMemory);
        var left = await world.WaitAsync("VolumesReleased", ConditionStatus.False, "ClaimsLeft");

        Assert.Contains(
            "queue-main-gateway-0, queue-main-gateway-1", left.Status!.Conditions.FindCondition("VolumesReleased")!.Message, StringComparison.Ordinal);
        Assert.Null(await world.GetAsync<V1StatefulSet>(ExporterWorld.Gateway));
        Assert.NotNull(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");

        await world.PatchExporterAsync(ToDisk);
        await world.WaitAsync("VolumesReleased", ConditionStatus.True, "NoClaimLeft");
        Assert.Equal(2, (await ClaimsAsync(world)).Count);

        await world.PatchExporterAsync(ToMemory);
        await world.WaitAsync("VolumesReleased", ConditionStatus.False, "ClaimsLeft");
        await world.KubectlAsync("delete", "pvc", "--all", "--wait=false");
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status!.Conditions.FindCondition("VolumesReleased") is null,
            "nothing is left to be told");
        world.AssertNothingWasForbidden();
    }

    [Fact]
    public async Task Fewer_replicas_leave_claims_that_are_named()
    {
        await using var world = await StartAsync(QueueStorage.Disk, replicas: 2);
        world.StartKubelet();
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");

        await world.PatchExporterAsync("""{"gateway": {"replicas": 1}}""");

        var exporter = await world.WaitAsync("VolumesReleased", ConditionStatus.False, "ClaimsLeft");
        Assert.Contains(
            "PersistentVolumeClaim queue-main-gateway-1, and", exporter.Status!.Conditions.FindCondition("VolumesReleased")!.Message, StringComparison.Ordinal);
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
    }

    [Fact]
    public async Task Another_size_is_told_and_other_settings_still_roll_out()
    {
        await using var world = await StartAsync(QueueStorage.Disk, replicas: 1);
        world.StartKubelet();
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");

        await world.PatchExporterAsync("""{"queue": {"volumeClaim": {"size": "2Gi"}}, "gateway": {"image": "gateway:other"}}""");

        await world.WaitAsync("Progressing", ConditionStatus.False, "VolumeClaimFixed");
        Assert.Equal("gateway:other", (await world.GetAsync<V1StatefulSet>(ExporterWorld.Gateway))!.Spec!.Template!.Spec!.Containers!.Single().Image);
        await world.PatchExporterAsync("""{"queue": {"volumeClaim": {"size": "1Gi"}}}""");
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");
    }

    private async Task<ExporterWorld> StartAsync(QueueStorage storage, int replicas)
    {
        var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec =>
        {
            spec.Gateway.Replicas = replicas;
            spec.Queue = storage == QueueStorage.Disk
                ? new QueueSpec { Storage = storage, VolumeClaim = new VolumeClaimSpec { Size = "1Gi" } }
                : new QueueSpec();
        });
        return world;
    }

    private static async Task<List<string>> ClaimsAsync(ExporterWorld world) =>
        [.. (await world.KubectlAsync("get", "pvc", "--output", "jsonpath={.items[*].metadata.name}")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Order()];
}
