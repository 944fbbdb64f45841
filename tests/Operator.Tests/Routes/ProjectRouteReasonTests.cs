using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>What is in a route's way is named by its reason, for as long as it is there.</summary>
[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ProjectRouteReasonTests(RouteCluster cluster)
{
    private const string Anything = "/api/0/**";
    private const string Create = "/api/0/teams/*/*/projects/";

    [Theory]
    [InlineData("Moved", 301, "", Anything)]
    [InlineData("UnexpectedResponse", 200, "<html>Sign in</html>", Anything)]
    [InlineData("Forbidden", 403, """{"detail":{"code":"sso-required","message":"Must login via SSO"}}""", Anything)]
    [InlineData("MissingScope", 403, """{"detail":"You do not have permission to perform this action."}""", Anything)]
    [InlineData("Invalid", 400, """{"options":["Not taken here."]}""", Create)]
    [InlineData("ServerError", 503, "", Anything)]
    public async Task What_Sentry_answers_is_named_until_it_answers_otherwise(string reason, int status, string body, string path)
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        var headers = new Dictionary<string, string> { ["Location"] = "https://elsewhere.example/" };
        var fault = world.Sentry.Faults.Enqueue(new Fault { Path = path, Count = null, Answer = new FaultAnswer { Status = status, Body = body, Headers = headers } });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, reason);

        world.Sentry.Faults.Remove(fault.Id);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task Sentry_that_does_not_answer_in_time_is_told_until_it_does()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        var fault = world.Sentry.Faults.Enqueue(new Fault { Path = Anything, Count = null, Hold = FaultPoint.Before });
        await world.CreateExporterAsync(static spec => spec.Timeout = "1s");
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "Timeout");

        world.Sentry.Faults.Remove(fault.Id);
        fault.Release();

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task A_wait_that_Sentry_asks_for_is_told_and_kept_to()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        var headers = new Dictionary<string, string> { ["Retry-After"] = "3600" };
        var fault = world.Sentry.Faults.Enqueue(new Fault { Path = Anything, Count = null, Answer = new FaultAnswer { Status = 429, Headers = headers } });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");

        await world.WaitAsync("orders", "ProjectReady", false, "RateLimited");

        // The list of projects, and the project.
        Assert.InRange(fault.Hits, 1, 2);
    }

    [Fact]
    public async Task An_organisation_that_is_not_there_is_not_found_until_the_right_one_is_named()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(static spec => spec.OrgSlug = "somebody-else");
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "NotFound");

        await world.ChangeExporterAsync(new JsonObject { ["orgSlug"] = "acme" });

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task Members_who_may_not_create_projects_are_told_until_they_may()
    {
        var closed = new Modes { MemberProjectCreation = false };
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Modes = closed });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "MemberCreationDisabled");

        world.Sentry.State.Modes = closed with { MemberProjectCreation = true };

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task A_project_whose_key_can_not_be_made_yet_is_not_ready_and_stays_the_only_one()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Modes = new Modes { KeyVisibilityLag = 1000 } });
        var fault = world.Sentry.Faults.Enqueue(
            new Fault { Path = "/api/0/projects/*/*/keys/", Method = "POST", Count = null, Answer = new FaultAnswer { Status = 503 } });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "KeyNotReady");

        world.Sentry.Faults.Remove(fault.Id);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        Assert.Single(world.Sentry.State.Projects.All());
    }

    [Fact]
    public async Task A_project_that_is_named_needs_an_organisation_and_a_DSN_does_not()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        var secret = new V1Secret
        {
            Metadata = new() { Name = "dsn", Namespace = world.Namespace },
            StringData = new Dictionary<string, string> { ["dsn"] = "https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/42" },
        };
        await world.Client.CreateAsync(secret, null, RouteWorld.Cancellation);
        await world.CreateExporterAsync(static spec =>
            (spec.OrgSlug, spec.AuthTokenSecretRef, spec.AutoCreateProjects, spec.DsnSecretRef) = (null, null, false, new SecretKeyReference { Name = "dsn", Key = "dsn" }));
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "NoOrganization");

        await world.PatchRouteAsync("orders", JsonNode.Parse("""{"spec":{"project":null,"dsnSecretRef":{"name":"dsn","key":"dsn"}}}""")!.AsObject());

        await world.WaitAsync("orders", "ProjectReady", true, "DsnAccepted");
    }

    [Fact]
    public async Task An_exporter_that_is_being_deleted_takes_no_routes()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("before");
        await world.WaitAsync("before", "ProjectReady", true, "ProjectCreated");
        await HoldAsync(new JsonArray("test.sentry-otel.dev/held"));
        await world.Client.DeleteAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, null, RouteWorld.Cancellation);
        await world.WaitAsync("before", "Accepted", false, "ExporterDeleting");
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "Accepted", false, "ExporterDeleting");

        await HoldAsync(null);

        await world.WaitAsync("orders", "Accepted", false, "ExporterNotFound");
        Assert.Equal("before", Assert.Single(world.Sentry.State.Projects.All()).Slug);

        Task HoldAsync(JsonArray? finalizers) => world.Client.PatchAsync<SentryExporter>(
            RouteWorld.Exporter, world.Namespace, new JsonObject { ["metadata"] = new JsonObject { ["finalizers"] = finalizers } }, null, RouteWorld.Cancellation);
    }

    [Fact]
    public async Task A_token_that_nobody_has_tried_yet_is_waited_for()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.ClearExporterConditionsAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "Ready", false, "CredentialsUnknown");

        await world.SetExporterConditionsAsync(credentials: true, gateway: true);

        await world.WaitAsync("orders", "Ready", false, "Pending");
    }

    [Fact]
    public async Task A_Secret_that_the_operator_may_not_read_is_told_until_it_may()
    {
        const string group = "without-secrets";
        string[] rights = ["sentry-otel.dev/*", "coordination.k8s.io/*", "events.k8s.io/*", "/configmaps", "/events", "/namespaces", "/pods"];
        await cluster.GrantAsync(group, rights);
        await using var world = await RouteWorld.StartAsync(cluster, group: group);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "SecretForbidden");

        await cluster.GrantAsync(group, [.. rights, "/secrets"]);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }
}
