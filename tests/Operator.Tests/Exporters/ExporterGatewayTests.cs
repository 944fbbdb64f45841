using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Cluster;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests.Exporters;

/// <summary>The operator's manifests run by the gateway that is shipped, on a node that starts it as a process.</summary>
[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterGatewayTests(OperatorCluster cluster)
{
    // An image of its own: the pods of other tests are left alone.
    private const string Image = "real-gateway";

    [Fact]
    public async Task A_gateway_on_disk_takes_a_renewed_Secret_while_it_runs_and_leaves_for_memory_when_that_is_ready()
    {
        await using var node = await LocalKubelet.StartAsync(
            cluster.ControlPlane,
            new LocalKubeletOptions
            {
                Images = new Dictionary<string, string> { [Image] = Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway") },
                NodeName = "gateways",
            },
            ExporterWorld.Cancellation);
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.SetSecretAsync("clients", "tokens", "first");
        await world.CreateExporterAsync(static spec =>
        {
            spec.Queue = new QueueSpec { Storage = QueueStorage.Disk, VolumeClaim = new VolumeClaimSpec { Size = "1Gi" } };
            spec.Gateway.Image = Image + ":1";
            spec.Gateway.TerminationGracePeriodSeconds = 10;
            spec.Gateway.Auth = new GatewayAuthSpec { BearerTokenSecretRef = new SecretKeyReference { Name = "clients", Key = "tokens" } };
        });
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        var pod = await PodAsync(world, "main-gateway-0");

        Assert.Equal(HttpStatusCode.OK, await SendAsync(pod, "first"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(pod, "second"));
        await world.SetSecretAsync("clients", "tokens", "second");
        await world.WaitForAsync(async () => await SendAsync(pod, "second") == HttpStatusCode.OK, "the renewed token is taken");
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(pod, "first"));
        Assert.Equal(pod.Metadata.Uid, (await PodAsync(world, "main-gateway-0")).Metadata.Uid);

        await world.PatchExporterAsync("""{"queue": {"storage": "Memory", "volumeClaim": null}}""");
        await world.WaitAsync("VolumesReleased", ConditionStatus.False, "ClaimsLeft");
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.WaitForAsync(async () => (await PodsAsync(world)).Count == 1, "the pod on disk has ended");
        var successor = Assert.Single(await PodsAsync(world));
        Assert.NotEqual(pod.Metadata.Uid, successor.Metadata.Uid);
        Assert.Equal(HttpStatusCode.OK, await SendAsync(successor, "second"));
    }

    private static async Task<HttpStatusCode> SendAsync(V1Pod pod, string token)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{pod.Status!.PodIP}:{GatewayPorts.Http}/v1/traces");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new ByteArrayContent([]);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await client.SendAsync(request, ExporterWorld.Cancellation);
        return response.StatusCode;
    }

    private static async Task<V1Pod> PodAsync(ExporterWorld world, string name) =>
        await world.GetAsync<V1Pod>(name) ?? throw new InvalidOperationException($"There is no pod {name}.");

    private static async Task<IReadOnlyList<V1Pod>> PodsAsync(ExporterWorld world) =>
        (await world.Client.ListAllAsync<V1Pod>(world.Namespace, null, ExporterWorld.Cancellation)).Items;
}
