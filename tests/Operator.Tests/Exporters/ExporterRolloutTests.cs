using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>A new image that can not be pulled, with Kubernetes' own controllers of Deployments and StatefulSets; what a kubelet says of pods is written by the test.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterRolloutTests(OperatorCluster cluster)
{
    private const string MissingImage = "gateway:missing";
    private const string ToMissingImage = $$"""{"gateway": {"image": "{{MissingImage}}"} }""";
    private const string Hindrance = $"the kubelet can not pull image {MissingImage}";

    [Fact]
    public async Task A_Deployment_whose_new_image_is_missing_says_so_at_once_and_after_its_deadline_and_the_old_pod_serves_on()
    {
        // Given a gateway that serves
        await using var world = await StartAsync(QueueStorage.Memory, replicas: 1);
        await world.MakePodsReadyAsync();
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");
        var old = Assert.Single(await PodsAsync(world));

        // When a new image can not be pulled
        await world.PatchExporterAsync(ToMissingImage);
        var hindered = await HinderAsync(world);

        // Then the exporter says so long before the Deployment gives up
        var text = $"; pod {hindered}: ImagePullBackOff: {Hindrance}";
        await world.WaitAsync("Progressing", ConditionStatus.True, "RollingOut", text);

        // And when it has given up, the pod's own reason is the rollout's
        await GiveUpAsync(world);
        var exporter = await world.WaitAsync("Progressing", ConditionStatus.False, "ImagePullBackOff", $"pod {hindered}: ImagePullBackOff: {Hindrance}");

        // And the old pod is there and serves
        AssertServes(exporter, "1 of 1 gateway pods are ready");
        var pods = await PodsAsync(world);
        Assert.Equal(2, pods.Count);
        Assert.Contains(pods, pod => pod.Metadata.Uid == old.Metadata.Uid && pod.Metadata.DeletionTimestamp is null);

        // And the way back is open
        await world.PatchExporterAsync("""{"gateway": {"image": null}}""");
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");
        Assert.Equal(old.Metadata.Uid, Assert.Single(await PodsAsync(world)).Metadata.Uid);
        world.AssertNothingWasForbidden();
    }

    [Fact]
    public async Task A_StatefulSet_whose_new_image_is_missing_says_so_at_once_and_the_other_pod_serves_on()
    {
        await using var world = await StartAsync(QueueStorage.Disk, replicas: 2);
        await world.WaitForAsync(
            async () =>
            {
                if ((await PodsAsync(world)).Any(static pod => pod.Status?.Phase == "Pending"))
                {
                    await world.MakePodsReadyAsync();
                }

                return (await world.GetAsync<V1StatefulSet>(ExporterWorld.Gateway))?.Status?.ReadyReplicas == 2;
            },
            "two pods that are ready");
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");

        await world.PatchExporterAsync(ToMissingImage);
        var hindered = await HinderAsync(world);

        var exporter = await world.WaitAsync("Progressing", ConditionStatus.False, "ImagePullBackOff", $"pod {hindered}: ImagePullBackOff: {Hindrance}");
        AssertServes(exporter, "1 of 2 gateway pods are ready");
    }

    private async Task<ExporterWorld> StartAsync(QueueStorage storage, int replicas)
    {
        var world = await ExporterWorld.StartAsync(cluster, ExporterWorld.Impatient with { SafetyPoll = TimeSpan.FromHours(1), RolloutPoll = TimeSpan.FromSeconds(1) });
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec =>
        {
            spec.Gateway.Replicas = replicas;
            spec.Queue = storage == QueueStorage.Disk ? new QueueSpec { Storage = storage, VolumeClaim = new VolumeClaimSpec { Size = "1Gi" } } : spec.Queue;
        });
        return world;
    }

    /// <summary>Says of the new pod what a kubelet says of one whose image is missing, once the exporter has told that the pod is on its way.</summary>
    private static async Task<string> HinderAsync(ExporterWorld world)
    {
        await world.WaitAsync("Progressing", ConditionStatus.True, "RollingOut");
        var name = "";
        await world.WaitForAsync(
            async () =>
            {
                name = (await PodsAsync(world)).FirstOrDefault(static pod => pod.Status?.Phase == "Pending" && pod.Spec?.Containers?[0].Image == MissingImage)?.Metadata.Name ?? "";
                return name.Length > 0;
            },
            "a new pod");
        var status = new JsonObject
        {
            ["containerStatuses"] = new JsonArray(new JsonObject
            {
                ["name"] = "gateway",
                ["image"] = MissingImage,
                ["imageID"] = "",
                ["ready"] = false,
                ["restartCount"] = 0,
                ["state"] = new JsonObject { ["waiting"] = new JsonObject { ["reason"] = "ImagePullBackOff", ["message"] = "Back-off pulling image \"gateway:missing\"" } },
            }),
        };
        await world.Client.PatchAsync<V1Pod>(
            name, world.Namespace, new JsonObject { ["status"] = status }, new PatchOptions { Subresource = "status" }, ExporterWorld.Cancellation);
        return name;
    }

    /// <summary>What the Deployment's controller writes after five minutes; it keeps to it.</summary>
    private static async Task GiveUpAsync(ExporterWorld world)
    {
        var deployment = (await world.GetAsync<V1Deployment>(ExporterWorld.Gateway))!;
        var conditions = new JsonArray(
            [
                .. deployment.Status!.Conditions!.Where(static condition => condition.Type != "Progressing")
                    .Select(static condition => new JsonObject { ["type"] = condition.Type, ["status"] = condition.Status, ["reason"] = condition.Reason }),
                new JsonObject { ["type"] = "Progressing", ["status"] = "False", ["reason"] = "ProgressDeadlineExceeded", ["message"] = "has timed out progressing" },
            ]);
        await world.Client.PatchAsync<V1Deployment>(
            ExporterWorld.Gateway,
            world.Namespace,
            new JsonObject { ["status"] = new JsonObject { ["conditions"] = conditions } },
            new PatchOptions { Subresource = "status" },
            ExporterWorld.Cancellation);
    }

    private static void AssertServes(SentryExporter exporter, string available)
    {
        Assert.True(exporter.Status!.Conditions.IsConditionTrue("Ready"));
        var condition = exporter.Status.Conditions.FindCondition("GatewayAvailable")!;
        Assert.Equal((ConditionStatus.True, "PodsReady", available), (condition.Status, condition.Reason, condition.Message));
    }

    private static async Task<IReadOnlyList<V1Pod>> PodsAsync(ExporterWorld world) =>
        (await world.Client.ListAllAsync<V1Pod>(world.Namespace, null, ExporterWorld.Cancellation)).Items;
}
