using System.Text.Json;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Crds.Tests;

/// <summary>What <c>kubectl get</c> shows, with values as they are in large clusters: docs/conditions.md says how wide that is.</summary>
[Trait("Category", "Processes")]
public sealed class PrinterColumnTests(ControlPlaneFixture fixture) : IClassFixture<ControlPlaneFixture>
{
    private const int Width = 120;

    // The longest of docs/conditions.md. A route says it of its exporter.
    private const string Longest = "CertificateAuthorityMissing";

    // As discovery names a route: the service, and eight characters that tell it from others.
    [Theory]
    [InlineData("checkout-service", true)]
    [InlineData("a-service-whose-name-has-forty-character", false)]
    public async Task A_route_fits_unless_its_service_has_a_long_name_and_then_only_names_take_more(string service, bool fits)
    {
        Assert.True(fits || service.Length == 40);
        var name = $"{service}-1a2b3c4d";
        await StoreRouteAsync(name, service);

        var lines = await GetAsync("sentryroutes", name);

        Assert.Equal(["NAME", "SERVICE", "PROJECT", "READY", "STATUS", "SEEN", "AGE"], Cells(lines[0]));
        Assert.Equal([name, service, service, "False", Longest], Cells(lines[1])[..5]);
        Assert.Equal(fits, lines.All(static line => line.Length <= Width));

        // Nothing is cut, and nothing but the three names grows.
        Assert.InRange(lines[1].Length - name.Length - (2 * service.Length), 1, Width - 60);
    }

    [Fact]
    public async Task An_exporter_fits()
    {
        const string Name = "sentry-production-eu";
        await StoreExporterAsync(Name);

        var lines = await GetAsync("sentryexporters", Name);

        Assert.Equal(["NAME", "ORG", "ROUTES", "GATEWAY", "READY", "STATUS", "AGE"], Cells(lines[0]));
        Assert.Equal([Name, "acme-observability-team", "4999/5000", "10/10", "Unknown", Longest], Cells(lines[1])[..6]);
        Assert.All(lines, static line => Assert.InRange(line.Length, 1, Width));
    }

    [Fact]
    public async Task Wide_tables_say_more_and_end_with_the_message_and_the_age()
    {
        await StoreExporterAsync("wide");
        await StoreRouteAsync("wide", "wide");

        var exporters = await GetAsync("sentryexporters", "wide", "--output", "wide");
        var routes = await GetAsync("sentryroutes", "wide", "--output", "wide");

        Assert.Equal(["NAME", "ORG", "ROUTES", "GATEWAY", "READY", "STATUS", "ENDPOINT", "MESSAGE", "AGE"], Cells(exporters[0]));
        Assert.Contains("wide-gateway.default.svc:4317", Cells(exporters[1]));
        Assert.Equal(["NAME", "SERVICE", "PROJECT", "READY", "STATUS", "SEEN", "EXPORTER", "ORIGIN", "MESSAGE", "AGE"], Cells(routes[0]));
        Assert.Equal(["sentry", "Discovered"], Cells(routes[1])[6..8]);
        foreach (var lines in new[] { exporters, routes })
        {
            // One line each, however long.
            Assert.Equal(2, lines.Count);
            Assert.Contains("in words, and the cure", lines[1], StringComparison.Ordinal);
        }
    }

    private Task StoreRouteAsync(string name, string service)
    {
        var route = new SentryProjectRoute
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new SentryProjectRouteSpec
            {
                ExporterRef = new ExporterReference { Name = "sentry" },
                AttributeValue = service,
                Project = new RouteProjectSpec { Slug = service },
            },
            Status = new SentryProjectRouteStatus
            {
                Project = new RouteProjectStatus { Slug = service },
                Origin = RouteOrigin.Discovered,
                Traffic = new RouteTraffic { LastSeenTime = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero) },
                Conditions = [Ready("False", Longest)],
            },
        };
        return fixture.StoreAsync("sentryprojectroutes", name, JsonSerializer.SerializeToNode(route, CrdJsonContext.Default.SentryProjectRoute)!.AsObject());
    }

    private Task StoreExporterAsync(string name)
    {
        var exporter = new SentryExporter
        {
            Metadata = new V1ObjectMeta { Name = name },
            Spec = new SentryExporterSpec { OrgSlug = "acme-observability-team", AuthTokenSecretRef = new SecretKeyReference { Name = "sentry", Key = "token" } },
            Status = new SentryExporterStatus
            {
                Routes = new ExporterRoutes { Total = 5000, Ready = 4999, Summary = "4999/5000" },
                Gateway = new ExporterGateway { Replicas = 10, ReadyReplicas = 10, Summary = "10/10" },
                Endpoint = new ExporterEndpoint { Grpc = $"{name}-gateway.default.svc:4317" },
                Conditions = [Ready("Unknown", Longest)],
            },
        };
        return fixture.StoreAsync("sentryexporters", name, JsonSerializer.SerializeToNode(exporter, CrdJsonContext.Default.SentryExporter)!.AsObject());
    }

    private static V1Condition Ready(string status, string reason) =>
        new() { Type = "Ready", Status = status, Reason = reason, Message = "what is wrong in words, and the cure", LastTransitionTime = DateTimeOffset.UnixEpoch };

    private async Task<IReadOnlyList<string>> GetAsync(string kind, string name, params string[] more)
    {
        var table = await fixture.ControlPlane.RunKubectlAsync(["get", kind, name, .. more], null, TestContext.Current.CancellationToken);
        return [.. table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.TrimEnd())];
    }

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
