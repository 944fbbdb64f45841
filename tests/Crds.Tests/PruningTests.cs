using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Testing;

namespace SentryOtel.Crds.Tests;

/// <summary>A real API server of the oldest kind we serve, with both definitions in it.</summary>
public sealed class ControlPlaneFixture : IAsyncLifetime
{
    internal ControlPlane ControlPlane { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        ControlPlane = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, TestContext.Current.CancellationToken);
        await ControlPlane.InstallDefinitionsAsync(RepositoryFiles.PathOf("charts/sentry-otel-operator/files/crds/plain"), TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => ControlPlane.DisposeAsync();

    // Status is written through its own endpoint, which takes nothing else.
    internal async Task<JsonObject> StoreAsync(string plural, string name, JsonObject sent)
    {
        var created = await CreateAsync(plural, sent);
        created["status"] = sent["status"]!.DeepClone();
        var answer = await ControlPlane.RunKubectlAsync(
            ["replace", "--raw", $"{Collection(plural)}/{name}/status", "-f", "-"], created.ToJsonString(), TestContext.Current.CancellationToken);
        return JsonNode.Parse(answer)!.AsObject();
    }

    internal async Task<JsonObject> CreateAsync(string plural, JsonObject manifest)
    {
        var answer = await ControlPlane.RunKubectlAsync(
            ["create", "--raw", Collection(plural), "-f", "-"], manifest.ToJsonString(), TestContext.Current.CancellationToken);
        return JsonNode.Parse(answer)!.AsObject();
    }

    private static string Collection(string plural) => $"/apis/{SentryOtelGroup.ApiVersion}/namespaces/default/{plural}";
}

/// <summary>What the C# types write is what a server stores: a property that the schema lacks would be pruned.</summary>
[Trait("Category", "Processes")]
public sealed class PruningTests(ControlPlaneFixture fixture) : IClassFixture<ControlPlaneFixture>
{
    [Fact]
    public Task Every_property_of_an_exporter_survives()
    {
        var exporter = new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = "filled", Namespace = "default" },
            Spec = FilledResource.Create<SentryExporterSpec>(),
            Status = FilledResource.Create<SentryExporterStatus>(),
        };
        return AssertSurvivesAsync("sentryexporters", "filled", JsonSerializer.SerializeToNode(exporter, CrdJsonContext.Default.SentryExporter)!.AsObject());
    }

    [Fact]
    public Task Every_property_of_a_route_survives()
    {
        var route = new SentryProjectRoute
        {
            Metadata = new V1ObjectMeta { Name = "filled", Namespace = "default" },
            Spec = FilledResource.Create<SentryProjectRouteSpec>(),
            Status = FilledResource.Create<SentryProjectRouteStatus>(),
        };
        return AssertSurvivesAsync("sentryprojectroutes", "filled", JsonSerializer.SerializeToNode(route, CrdJsonContext.Default.SentryProjectRoute)!.AsObject());
    }

    [Fact]
    public async Task Defaults_of_the_server_are_those_of_the_types()
    {
        var spec = new SentryExporterSpec { DsnSecretRef = new SecretKeyReference { Name = "sentry", Key = "dsn" } };
        var manifest = new JsonObject
        {
            ["apiVersion"] = SentryOtelGroup.ApiVersion,
            ["kind"] = "SentryExporter",
            ["metadata"] = new JsonObject { ["name"] = "defaults" },
            ["spec"] = JsonNode.Parse("""{"dsnSecretRef": {"name": "sentry", "key": "dsn"}}"""),
        };

        var stored = await fixture.CreateAsync("sentryexporters", manifest);

        AssertEqual(JsonSerializer.SerializeToNode(spec, CrdJsonContext.Default.SentryExporterSpec), stored["spec"]);
    }

    [Theory]
    [InlineData("sentryexp")]
    [InlineData("sentryroutes")]
    [InlineData("sentryroute")]
    [InlineData("sentry")]
    public async Task Kubectl_knows_the_short_names_and_the_category(string name)
    {
        await fixture.ControlPlane.RunKubectlAsync(["get", name], null, TestContext.Current.CancellationToken);
    }

    private async Task AssertSurvivesAsync(string plural, string name, JsonObject sent)
    {
        var stored = await fixture.StoreAsync(plural, name, sent);

        AssertEqual(sent["spec"], stored["spec"]);
        AssertEqual(sent["status"], stored["status"]);
    }

    private static void AssertEqual(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"sent:\n{expected}\nstored:\n{actual}");
}
