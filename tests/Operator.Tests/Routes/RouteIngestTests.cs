using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>Where a route's data are sent: by its DSN, and instead of where Sentry says.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class RouteIngestTests(RouteCluster cluster)
{
    [Fact]
    public async Task A_route_with_a_DSN_needs_no_token()
    {
        await using var world = await RouteWorld.StartAsync(cluster, withToken: false);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", static route => (route.Spec.Project, route.Spec.DsnSecretRef) = (null, new SecretKeyReference { Name = "dsn", Key = "dsn" }));
        await world.WaitAsync("orders", "ProjectReady", false, "SecretNotFound");

        var secret = new Kubernetes.Entities.V1Secret
        {
            Metadata = new() { Name = "dsn", Namespace = world.Namespace },
            StringData = new Dictionary<string, string> { ["dsn"] = "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/42" },
        };
        await world.Client.CreateAsync(secret, null, RouteWorld.Cancellation);

        var route = await world.WaitAsync("orders", "ProjectReady", true, "DsnAccepted");
        Assert.Equal(("42", "https://o1.ingest.sentry.io/api/42/integration/otlp/v1/logs"), (route.Status!.Project!.Id, route.Status.Project.Endpoints!.Logs));
    }

    [Fact]
    public async Task An_ingest_that_is_no_address_is_told_and_data_go_on_to_where_they_went()
    {
        // Given a route by its DSN and one by its project, behind a relay
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(static spec => spec.Ingest = new IngestSpec { UrlOverride = "http://relay:3000" });
        await world.Client.CreateAsync(
            new Kubernetes.Entities.V1Secret
            {
                Metadata = new() { Name = "dsn", Namespace = world.Namespace },
                StringData = new Dictionary<string, string> { ["dsn"] = "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/42" },
            },
            null,
            RouteWorld.Cancellation);
        await world.CreateRouteAsync("by-dsn", static route => (route.Spec.Project, route.Spec.DsnSecretRef) = (null, new SecretKeyReference { Name = "dsn", Key = "dsn" }));
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("by-dsn", "ProjectReady", true, "DsnAccepted");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        // When it is mistyped
        await world.ChangeExporterAsync(new JsonObject { ["ingest"] = new JsonObject { ["urlOverride"] = "http://relay:99999" } });

        // Then the routes say so, and nothing else is sent to
        foreach (var name in new[] { "by-dsn", "orders" })
        {
            var refused = await world.WaitAsync(name, "ProjectReady", false, "InvalidSpec");
            Assert.Contains("spec.ingest.urlOverride", refused.Status!.Conditions.FindCondition("ProjectReady")!.Message, StringComparison.Ordinal);
            Assert.StartsWith("http://relay:3000/", refused.Status.Project!.Endpoints!.Traces, StringComparison.Ordinal);
        }

        // And corrected it is taken
        await world.ChangeExporterAsync(new JsonObject { ["ingest"] = new JsonObject { ["urlOverride"] = "http://relay:3001" } });
        var cured = await world.WaitAsync("by-dsn", "ProjectReady", true, "DsnAccepted");
        Assert.StartsWith("http://relay:3001/", cured.Status!.Project!.Endpoints!.Traces, StringComparison.Ordinal);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }
}
