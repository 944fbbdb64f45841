using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Controllers;

namespace SentryOtel.Operator.Tests.Exporters;

[Trait("Category", "Processes")]
[Collection(OperatorClusterCollection.Name)]
public sealed class ExporterRefusalTests(OperatorCluster cluster)
{
    [Fact]
    public async Task Somebody_elses_object_is_never_taken_over()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.KubectlAsync("create", "service", "clusterip", ExporterWorld.Gateway, "--tcp=80:80");
        var foreign = await world.GetAsync<V1Service>(ExporterWorld.Gateway);
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync();

        var exporter = await world.WaitAsync("Ready", ConditionStatus.False, "NameConflict");

        Assert.Contains($"Service {world.Namespace}/main-gateway", exporter.Status!.Conditions.FindCondition("Ready")!.Message, StringComparison.Ordinal);
        Assert.Equal(foreign!.Metadata.ResourceVersion, (await world.GetAsync<V1Service>(ExporterWorld.Gateway))!.Metadata.ResourceVersion);
        Assert.Null(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));

        await world.KubectlAsync("delete", "service", ExporterWorld.Gateway);
        await world.WaitAsync("Ready", ConditionStatus.False, "NoPodReady");
    }

    [Fact]
    public async Task A_server_without_CEL_stores_a_broken_spec_and_the_condition_names_every_fault()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec =>
        {
            spec.DsnSecretRef = new SecretKeyReference { Name = "sentry", Key = "dsn" };
            spec.Gateway.Replicas = 1;
            spec.Gateway.Autoscaling = new AutoscalingSpec { MaxReplicas = 3 };
            spec.Http.Compression = HttpCompression.Zstd;
        });

        var exporter = await world.WaitAsync("Ready", ConditionStatus.False, "InvalidSpec");

        var message = exporter.Status!.Conditions.FindCondition("Ready")!.Message!;
        Assert.Contains("spec: set exactly one of orgSlug", message, StringComparison.Ordinal);
        Assert.Contains("spec.gateway: replicas is forbidden", message, StringComparison.Ordinal);
        Assert.Contains("spec.http.compression: zstd", message, StringComparison.Ordinal);
        Assert.Null(await world.GetAsync<V1Deployment>(ExporterWorld.Gateway));
    }

    [Fact]
    public async Task Exporters_with_settings_that_no_pattern_refuses_get_their_condition_and_leave_the_good_one_working()
    {
        // Given an operator that looks at projects all the time, a good exporter, and others that nothing can be done with
        await using var world = await ExporterWorld.StartAsync(cluster, routeTimes: new ProjectRouteTimes { DriftCheck = TimeSpan.FromMilliseconds(200) });
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(static spec => spec.Url = "https://sentry:99999", name: "port");
        await world.CreateExporterAsync(static spec => spec.Url = "https://[x", name: "bracket");
        await world.CreateExporterAsync(static spec => spec.Timeout = "1200h", name: "timeout");
        await world.CreateExporterAsync(static spec => spec.Queue.MaxAge = "99999999999h", name: "age");
        await world.CreateExporterAsync(
            static spec => spec.Queue = new QueueSpec { Storage = QueueStorage.Disk, VolumeClaim = new VolumeClaimSpec { Size = "9999999999999999Ti" } }, name: "size");
        await world.CreateExporterAsync(static spec => spec.Ingest = new IngestSpec { UrlOverride = "http://relay:99999" }, name: "relay");
        await world.CreateExporterAsync();

        // Then each of those says which field it is
        foreach (var (name, field) in new[]
        {
            ("port", "spec.url: "), ("bracket", "spec.url: "), ("timeout", "spec.timeout: "), ("age", "spec.queue.maxAge: "), ("size", "spec.queue.volumeClaim.size: "),
            ("relay", "spec.ingest.urlOverride: "),
        })
        {
            await world.WaitAsync("Ready", ConditionStatus.False, "InvalidSpec", field, name);
        }

        // And the good one works, and takes changes
        var ready = await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.PatchExporterAsync("""{"timeout": "7s"}""");
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status!.ObservedGeneration > ready.Status!.ObservedGeneration, "the change is seen");

        // And what is cured works, too
        await world.KubectlAsync("patch", "sentryexporter", "port", "--type=merge", "--patch", $$$"""{"spec": {"url": "{{{world.Sentry.ManagementUrl.AbsoluteUri}}}"}}""");
        await world.WaitAsync("CredentialsValid", ConditionStatus.True, "TokenAccepted", name: "port");
    }

    [Fact]
    public async Task While_nothing_changes_nothing_is_written_and_no_permission_is_missing()
    {
        await using var world = await ExporterWorld.StartAsync(cluster);
        world.StartKubelet();
        await world.SetSecretAsync("sentry", "token", ExporterWorld.Token);
        await world.CreateExporterAsync(spec => spec.Gateway.Resources = System.Text.Json.Nodes.JsonNode.Parse("""{"requests": {"cpu": "1000m", "memory": "0.5Gi"}}""")!.AsObject());
        await world.WaitAsync("Ready", ConditionStatus.True, "Ready");
        await world.WaitAsync("Progressing", ConditionStatus.False, "RolloutComplete");
        await world.WaitForAsync(
            async () => (await world.GetAsync<SentryExporter>(ExporterWorld.Exporter))!.Status!.ObservedGeneration == 1, "the status has settled");

        // Each pass reads the Secret; fifty of them are worth fifty minutes of an operator in service.
        const int Passes = 50;
        var since = await LastWriteAsync(world);
        await world.WaitForAsync(
            () => Task.FromResult(world.Requests(since).Count(static request => request is { Verb: "get", Resource: "secrets" }) >= Passes), "fifty passes");

        Assert.DoesNotContain(world.Requests(since), static request => request.IsWrite);
        Assert.DoesNotContain(world.Requests(DateTimeOffset.MinValue), static request => request.Code == 403);
    }

    // The last status and event of the rollout are still on their way when the conditions are seen: quiet begins two passes without a write later.
    private static async Task<DateTimeOffset> LastWriteAsync(ExporterWorld world)
    {
        await world.WaitForAsync(
            () =>
            {
                var requests = world.Requests(DateTimeOffset.MinValue);
                var last = requests.Where(static request => request.IsWrite).Max(static request => request.Time);
                return Task.FromResult(requests.Count(request => request is { Verb: "get", Resource: "secrets" } && request.Time > last) >= 5);
            },
            string.Create(CultureInfo.InvariantCulture, $"quiet in {world.Namespace}"));
        return world.Requests(DateTimeOffset.MinValue).Where(static request => request.IsWrite).Max(static request => request.Time).AddTicks(1);
    }
}
