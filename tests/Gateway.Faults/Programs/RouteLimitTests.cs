using System.Text;
using SentryOtel.Cluster;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The <c>rateLimit</c> of a route, from the routing table in a real API server through the program to Sentry.</summary>
public sealed class RouteLimitTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const int ItemsPerSecond = 20;
    private const int BytesPerSecond = 500;
    private const int Rounds = 60;
    private const int Spans = 5;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Routes_above_their_rate_are_refused_by_name_and_others_take_everything()
    {
        // given a route limited in items, one in bytes, and one that is not limited
        await using var cluster = await ControlPlane.StartAsync(new ControlPlaneOptions { ControllerManager = false }, Cancelled);
        var settings = new GatewaySettings
        {
            Exporter = ["projects: {source: kubernetes, exporter: main, namespace: default}"],
            Environment = new Dictionary<string, string> { ["KUBECONFIG"] = cluster.KubeconfigPath },
        };
        await using var world = await FaultWorld.WithProgramAsync(sentry, settings, projects => WriteAsync(cluster, projects.Values, generation: 1, Limit), "items", "bytes", "free");

        // when all send much faster than that
        var start = TimeProvider.System.GetTimestamp();
        var refused = new Dictionary<string, int> { ["items"] = 0, ["bytes"] = 0 };
        for (var round = 0; round < Rounds; round++)
        {
            await world.SendAsync("free", OtlpSignal.Traces, Spans);
            foreach (var name in refused.Keys.ToList())
            {
                if (await world.TrySpansAsync(name, Spans) is { } why)
                {
                    refused[name]++;
                    Assert.Contains($"the rate limit of the route to project {world[name].Slug} is reached", why, StringComparison.Ordinal);
                }
            }
        }

        // then what the rate allows was taken, with one request that overdraws it
        var seconds = TimeProvider.System.GetElapsedTime(start).TotalSeconds;
        Assert.InRange<double>((Rounds - refused["items"]) * Spans, ItemsPerSecond, (ItemsPerSecond * (1 + seconds)) + Spans);
        Assert.InRange(refused["bytes"], 1, Rounds - 1);

        // and a while later there is room again
        await FaultWorld.UntilAsync(async () => await world.TrySpansAsync("items", 1) is null, "room under the limit");
        await world.SettleAsync();
        var rejected = (await world.BooksAsync()).Sum("items_rejected_total", ("reason", "route_limit"), ("project", world["items"].Slug));
        Assert.Equal(world.Ledger.Items.Count(item => item.Project == world["items"] && item.Fate == Fate.Refused), rejected);

        // and without a limit everything passes
        await WriteAsync(cluster, ["items", "bytes", "free"], world, generation: 2);
        await FaultWorld.UntilAsync(
            async () => await world.TrySpansAsync("items", 5 * ItemsPerSecond) is null && await world.TrySpansAsync("items", 5 * ItemsPerSecond) is null, "the limit being lifted");
        await world.SettleAsync();
    }

    private static RouteLimits? Limit(string slug) =>
        slug.StartsWith("items", StringComparison.Ordinal) ? new RouteLimits(ItemsPerSecond, null)
        : slug.StartsWith("bytes", StringComparison.Ordinal) ? new RouteLimits(null, BytesPerSecond)
        : null;

    private Task WriteAsync(ControlPlane cluster, string[] names, FaultWorld world, long generation) =>
        WriteAsync(cluster, names.Select(name => world[name]), generation, static _ => null);

    // As the operator writes it.
    private async Task WriteAsync(ControlPlane cluster, IEnumerable<SentryProject> projects, long generation, Func<string, RouteLimits?> limit)
    {
        var table = new RoutingTableSlice
        {
            Exporter = "default/main",
            Generation = generation,
            RoutingAttribute = "service.name",
            Routes = [.. projects.OrderBy(project => project.Slug, StringComparer.Ordinal).Select(project => new RouteEntry
            {
                Value = project.Slug,
                State = RouteState.Active,
                Generation = generation,
                RateLimit = limit(project.Slug),
                Target = new RouteTarget
                {
                    ProjectId = project.Id,
                    ProjectSlug = project.Slug,
                    PublicKey = project.PublicKey,
                    TracesEndpoint = new Uri(sentry.StandIn.IngestUrl, project.IngestOf("traces")).AbsoluteUri,
                    LogsEndpoint = new Uri(sentry.StandIn.IngestUrl, project.IngestOf("logs")).AbsoluteUri,
                    Organization = SentryProcess.Organization,
                },
            })],
        };
        var document = Encoding.UTF8.GetString(RoutingTableJson.Serialize(table)).ReplaceLineEndings(string.Empty);
        await cluster.RunKubectlAsync(
            ["apply", "--filename", "-"],
            $$"""
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: main-routes, namespace: default}
            data:
              {{RoutingTableJson.DocumentKey}}: '{{document}}'
            """,
            Cancelled);
    }
}
