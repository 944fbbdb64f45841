using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Operator.Tests.Discovery;
using SentryOtel.Operator.Tests.Routes;
using SentryOtel.Sentry.Routing;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.RoutingTables;

[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class FallbackTargetTests(RouteCluster cluster)
{
    private const string Token = "sntryi_0123456789abcdef";

    [Fact]
    public async Task A_project_that_is_there_is_found_and_remembered_for_a_while()
    {
        await using var sentry = await StartSentryAsync("catch-all");
        await using var world = await StartAsync(sentry, create: false, suspend: true);
        using var targets = new Targets(world);
        var exporter = await world.ReadExporterAsync();

        var found = await targets.FindAsync(exporter);
        var asked = sentry.State.Requests.All(ServerSide.Management, "/").Length;
        var again = await targets.FindAsync(exporter);

        Assert.Equal(("catch-all", "acme"), (found.Target?.ProjectSlug, found.Target?.Organization));
        Assert.Equal(found.Target, again.Target);
        Assert.Equal(asked, sentry.State.Requests.All(ServerSide.Management, "/").Length);
        targets.Clock.Advance(ProjectFallbackTargets.Recheck);
        Assert.Equal(found.Target, (await targets.FindAsync(exporter)).Target);
        Assert.True(sentry.State.Requests.All(ServerSide.Management, "/").Length > asked);
    }

    [Fact]
    public async Task What_was_known_stays_in_force_while_Sentry_is_away()
    {
        await using var sentry = await StartSentryAsync("catch-all");
        await using var world = await StartAsync(sentry, create: false, suspend: true);
        using var targets = new Targets(world);
        var exporter = await world.ReadExporterAsync();
        var known = (await targets.FindAsync(exporter)).Target;

        await sentry.StopAsync();
        targets.Clock.Advance(ProjectFallbackTargets.Recheck);
        var answer = await targets.FindAsync(exporter);

        Assert.Null(answer.Target);
        Assert.NotNull(answer.Reason);
        Assert.Equal(known, answer.Over(known));
        Assert.Null(answer.Over(known! with { ProjectSlug = "another" }));
        Assert.Null(answer.Over(null));
    }

    [Fact]
    public async Task At_another_Sentry_it_is_the_project_of_that_name_and_not_the_one_of_an_equal_id()
    {
        await using var sentry = await StartSentryAsync("catch-all");
        await using var other = await StartSentryAsync("billing", "catch-all");
        await using var world = await StartAsync(sentry, create: false, suspend: true);
        using var targets = new Targets(world);
        var exporter = await world.ReadExporterAsync();
        var before = (await targets.FindAsync(exporter)).Target!;
        Assert.Equal($"{other.State.Projects.Find("billing")!.Id}", before.ProjectId);

        (exporter.Spec.Url, exporter.Metadata.Generation) = (other.ManagementUrl.AbsoluteUri, exporter.Metadata.Generation + 1);
        var after = (await targets.FindAsync(exporter)).Target!;

        Assert.Equal(("catch-all", $"{other.State.Projects.Find("catch-all")!.Id}"), (after.ProjectSlug, after.ProjectId));
    }

    [Fact]
    public async Task A_project_that_is_not_there_leaves_the_table_without_a_fallback_and_says_so()
    {
        await using var sentry = await StartSentryAsync();
        await using var world = await StartAsync(sentry, create: false);
        using var targets = new Targets(world);

        var answer = await targets.FindAsync(await world.ReadExporterAsync());
        var table = await world.WaitForTableAsync(static table => table.OnMissingAttribute == "fallback", "is there");
        await world.WaitForEventAsync("ProjectNotFound");

        Assert.Equal(("ProjectNotFound", null), (answer.Reason, answer.Over(Target())));
        Assert.Null(table.Fallback);
        Assert.Empty(sentry.State.Projects.All());
    }

    [Fact]
    public async Task An_exporter_that_creates_projects_creates_its_fallback_once()
    {
        await using var sentry = await StartSentryAsync();
        await using var world = await StartAsync(sentry, create: true);

        var table = await world.WaitForTableAsync(static table => table.Fallback is not null, "has the fallback");
        await world.StopOperatorAsync();
        await world.StartOperatorAsync();
        await world.WaitForPassesAsync("routing-table", 1, 0);

        var project = Assert.Single(sentry.State.Projects.All());
        Assert.Equal(("catch-all", project.Id.ToString(CultureInfo.InvariantCulture)), (table.Fallback!.ProjectSlug, table.Fallback.ProjectId));
        Assert.Equal(table.Generation, (await world.WaitForTableAsync(static _ => true, "is there")).Generation);
    }

    [Fact]
    public async Task An_exporter_that_drops_such_data_asks_for_nothing()
    {
        await using var sentry = await StartSentryAsync("catch-all");
        await using var world = await StartAsync(sentry, create: false, suspend: true, fallback: false);
        using var targets = new Targets(world);

        Assert.Same(FallbackTarget.None, await targets.FindAsync(await world.ReadExporterAsync()));
        Assert.Empty(sentry.State.Requests.All(ServerSide.Management, "/"));
    }

    private static RouteTarget Target() => TableModel.Target(1) with { ProjectSlug = "catch-all" };

    private static Task<SentryServerHost> StartSentryAsync(params string[] projects) => SentryServerHost.StartAsync(
        new SentryServerOptions { Projects = projects, Tokens = [new AccessToken(Token, ["org:read", "project:admin", "team:read"])] },
        AnnouncingWorld.Cancellation);

    private async Task<AnnouncingWorld> StartAsync(SentryServerHost sentry, bool create, bool suspend = false, bool fallback = true)
    {
        var world = await AnnouncingWorld.StartAsync(cluster, static spec => spec.Suspend = true);
        await world.Client.CreateAsync(
            new V1Secret
            {
                Metadata = new V1ObjectMeta { Name = "token", Namespace = world.Namespace },
                Data = new Dictionary<string, byte[]> { ["token"] = Encoding.UTF8.GetBytes(Token) },
            },
            null,
            AnnouncingWorld.Cancellation);
        await world.ChangeExporterAsync(spec =>
        {
            spec["suspend"] = suspend;
            spec["url"] = sentry.ManagementUrl.AbsoluteUri.TrimEnd('/');
            spec["autoCreateProjects"] = create;
            spec["routing"] = fallback
                ? new JsonObject { ["onMissingAttribute"] = "Fallback", ["fallbackProject"] = "catch-all" }
                : null;
        });
        return world;
    }

    /// <summary>The fallback projects of an operator, on a clock of the test's own.</summary>
    private sealed class Targets : IDisposable
    {
        private readonly ExporterConnections _connections;
        private readonly RuntimeMetrics _metrics = new();
        private readonly ProjectFallbackTargets _targets;

        public Targets(AnnouncingWorld world)
        {
            _connections = new ExporterConnections(world.Client, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
            _targets = new ProjectFallbackTargets(new OperatorServices
            {
                Options = new OperatorOptions { LeaderElectionNamespace = "default", GatewayImage = "gateway" },
                Client = world.Client,
                Status = new StatusWriter(world.Client, OperatorOptions.FieldManager),
                Events = new EventRecorder(world.Client, "sentry-otel.dev/operator", TimeProvider.System, NullLogger<EventRecorder>.Instance, _metrics),
                Connections = _connections,
                LoggerFactory = NullLoggerFactory.Instance,
                TimeProvider = Clock,
            });
        }

        public FakeTimeProvider Clock { get; } = new();

        public async Task<FallbackTarget> FindAsync(SentryExporter exporter) => await _targets.FindAsync(exporter, AnnouncingWorld.Cancellation);

        public void Dispose()
        {
            _connections.Dispose();
            _metrics.Dispose();
        }
    }
}
