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

        var stored = await CreateAsync("sentryexporters", manifest);

        AssertEqual(JsonSerializer.SerializeToNode(spec, CrdJsonContext.Default.SentryExporterSpec), stored["spec"]);
    }

    [Fact]
    public async Task Table_of_routes_has_the_columns_in_order_and_fits_120_characters()
    {
        var route = new SentryProjectRoute
        {
            Metadata = new V1ObjectMeta { Name = "checkout-service-1a2b3c4d" },
            Spec = new SentryProjectRouteSpec
            {
                ExporterRef = new ExporterReference { Name = "sentry" },
                AttributeValue = "checkout-service",
                Project = new RouteProjectSpec { Slug = "checkout-service" },
            },
            Status = new SentryProjectRouteStatus
            {
                Project = new RouteProjectStatus { Slug = "checkout-service" },
                Traffic = new RouteTraffic { LastSeenTime = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) },
                Conditions =
                [
                    new V1Condition { Type = "Ready", Status = "False", Reason = "OrganizationNotFound", Message = "m", LastTransitionTime = DateTimeOffset.UnixEpoch },
                ],
            },
        };
        await StoreAsync("sentryprojectroutes", "checkout-service-1a2b3c4d", JsonSerializer.SerializeToNode(route, CrdJsonContext.Default.SentryProjectRoute)!.AsObject());

        var table = await fixture.ControlPlane.RunKubectlAsync(
            ["get", "sentryroutes", "checkout-service-1a2b3c4d"], null, TestContext.Current.CancellationToken);

        var lines = table.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            ["NAME", "SERVICE", "PROJECT", "READY", "STATUS", "SEEN", "AGE"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(" False ", lines[1], StringComparison.Ordinal);
        Assert.Contains("OrganizationNotFound", lines[1], StringComparison.Ordinal);
        Assert.All(lines, line => Assert.InRange(line.TrimEnd().Length, 1, 120));
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
        var stored = await StoreAsync(plural, name, sent);

        AssertEqual(sent["spec"], stored["spec"]);
        AssertEqual(sent["status"], stored["status"]);
    }

    // Status is written through its own endpoint, which takes nothing else.
    private async Task<JsonObject> StoreAsync(string plural, string name, JsonObject sent)
    {
        var created = await CreateAsync(plural, sent);
        created["status"] = sent["status"]!.DeepClone();
        var answer = await fixture.ControlPlane.RunKubectlAsync(
            ["replace", "--raw", $"{Collection(plural)}/{name}/status", "-f", "-"], created.ToJsonString(), TestContext.Current.CancellationToken);
        return JsonNode.Parse(answer)!.AsObject();
    }

    private async Task<JsonObject> CreateAsync(string plural, JsonObject manifest)
    {
        var answer = await fixture.ControlPlane.RunKubectlAsync(
            ["create", "--raw", Collection(plural), "-f", "-"], manifest.ToJsonString(), TestContext.Current.CancellationToken);
        return JsonNode.Parse(answer)!.AsObject();
    }

    private static string Collection(string plural) => $"/apis/{SentryOtelGroup.ApiVersion}/namespaces/default/{plural}";

    private static void AssertEqual(JsonNode? expected, JsonNode? actual) =>
        Assert.True(JsonNode.DeepEquals(expected, actual), $"sent:\n{expected}\nstored:\n{actual}");
}
