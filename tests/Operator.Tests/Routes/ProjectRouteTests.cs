using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Projects;
using SentryOtel.SentryServer;

namespace SentryOtel.Operator.Tests.Routes;

[Collection(RouteClusterCollection.Name)]
[Trait("Category", "Processes")]
public sealed class ProjectRouteTests(RouteCluster cluster)
{
    [Fact]
    public async Task A_route_gets_its_project_and_becomes_ready_when_every_gateway_serves_it()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();

        await world.CreateRouteAsync("orders");
        var created = await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("orders", "Ready", false, "Pending");
        await world.CompileTableAsync();
        await world.WaitAsync("orders", "Ready", false, "GatewayNotReporting");
        await world.ReportAsync("gateway-a", 1);
        await world.ReportAsync("gateway-b", 0);
        await world.WaitAsync("orders", "Programmed", false, "Pending");
        await world.ReportAsync("gateway-b", 1);
        var ready = await world.WaitAsync("orders", "Ready", true, "Ready");

        var project = Assert.Single(world.Sentry.State.Projects.All());
        Assert.Equal(($"{project.Id}", "orders", true), (created.Status!.Project!.Id, created.Status.Project.Slug, created.Status.Project.Created));
        Assert.Equal($"{world.Sentry.IngestUrl}api/{project.Id}/integration/otlp/v1/traces", ready.Status!.Project!.Endpoints!.Traces);
        Assert.Contains(world.Sentry.State.Keys.OfProject(project.Id), key => key.Public == ready.Status.Project.PublicKey);
        Assert.Equal(ready.Metadata.Generation, ready.Status.ObservedGeneration);
        Assert.Equal(RouteOrigin.Manual, ready.Status.Origin);
        Assert.Contains(RouteAnnotations.Finalizer, ready.Metadata.Finalizers!);
        Assert.Null(ready.Status.PendingCreate);
        var exporter = Assert.Single(ready.Status.Exporters!);
        Assert.Equal((world.Namespace, "main", true), (exporter.Namespace, exporter.Name, exporter.Conditions.IsConditionTrue("Ready")));
    }

    [Fact]
    public async Task A_gateway_that_died_holds_nobody_up_once_its_lease_has_run_out()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.CompileTableAsync();

        await world.ReportAsync("gateway-a", 1);
        await world.ReportAsync("gateway-dead", 0, validSeconds: 2);

        await world.WaitAsync("orders", "Ready", true, "Ready");
    }

    [Fact]
    public async Task Ready_follows_the_exporter()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.CompileTableAsync();
        await world.ReportAsync("gateway-a", 1);
        await world.WaitAsync("orders", "Ready", true, "Ready");

        await world.SetExporterConditionsAsync(credentials: true, gateway: false);
        await world.WaitAsync("orders", "Ready", false, "GatewayUnavailable");
        await world.SetExporterConditionsAsync(credentials: false, gateway: true);
        var route = await world.WaitAsync("orders", "Ready", false, "Test");

        Assert.True(route.Status!.Conditions.IsConditionTrue("ProjectReady"));
    }

    [Fact]
    public async Task Another_slug_leads_to_another_project()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["sales"] });
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");

        await world.PatchRouteAsync("orders", JsonNode.Parse("""{"spec":{"project":{"slug":"sales"}}}""")!.AsObject());
        var route = await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");

        Assert.Equal(("sales", false), (route.Status!.Project!.Slug, route.Status.Project.Created));
    }

    [Fact]
    public async Task A_project_that_was_there_is_referenced_adopted_or_refused_as_the_route_wishes()
    {
        await using var world = await RouteWorld.StartAsync(cluster, new SentryServerOptions { Projects = ["orders", "sales", "stock"] });
        await world.CreateExporterAsync();

        await world.CreateRouteAsync("orders", route => route.Spec.Project!.Platform = "python");
        await world.CreateRouteAsync("sales", route => (route.Spec.AdoptionPolicy, route.Spec.Project!.Platform) = (AdoptionPolicy.Adopt, "python"));
        await world.CreateRouteAsync("stock", route => route.Spec.AdoptionPolicy = AdoptionPolicy.CreateOnly);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
        await world.WaitAsync("sales", "ProjectReady", true, "ProjectAdopted");
        await world.WaitAsync("stock", "ProjectReady", false, "ProjectExists");
        Assert.Equal([null, "python", null], world.Sentry.State.Projects.All().Select(static project => project.Platform));
    }

    [Fact]
    public async Task A_project_that_may_not_be_created_is_waited_for()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.AutoCreateProjects = false);
        await world.CreateRouteAsync("orders");
        await world.CreateRouteAsync("own", route => route.Spec.AdoptionPolicy = AdoptionPolicy.CreateOnly);

        var waiting = await world.WaitAsync("orders", "ProjectReady", false, "ProjectNotFound");
        Assert.Contains("autoCreateProjects", waiting.Status!.Conditions.FindCondition("ProjectReady")!.Message, StringComparison.Ordinal);
        world.Sentry.State.Projects.Create("orders", "orders");

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectFound");
        await world.WaitAsync("own", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task Routes_that_no_person_wrote_create_no_more_projects_than_allowed()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Projects.MaxAutoCreated = 2);
        await world.CreateRouteAsync("mine");
        string[] names = ["auto-0", "auto-1", "auto-2", "auto-3", "auto-4"];
        foreach (var name in names)
        {
            await world.CreateRouteAsync(name, FromTelemetry);
        }

        await world.WaitAsync("mine", "ProjectReady", true, "ProjectCreated");
        await world.WaitForAsync(() => world.Sentry.State.Projects.All().Length == 3, "two automatic projects and one by hand");
        var reasons = new List<string>();
        foreach (var name in names)
        {
            var done = await world.WaitAsync(name, "Accepted", true, "Accepted");
            reasons.Add(done.Status!.Conditions.FindCondition("ProjectReady")!.Reason!);
            Assert.Equal(RouteOrigin.Telemetry, done.Status.Origin);
        }

        Assert.Equal(["MaxAutoCreatedReached", "MaxAutoCreatedReached", "MaxAutoCreatedReached", "ProjectCreated", "ProjectCreated"], reasons.Order());
    }

    [Fact]
    public async Task Routes_that_no_person_wrote_get_their_projects_one_after_the_other_once_there_are_many()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(static spec => spec.Projects.MaxCreatedPerMinute = 2);
        world.Sentry.State.Projects.Create("auto-4", "auto-4");
        string[] names = ["auto-0", "auto-1", "auto-2", "auto-3", "auto-4"];
        foreach (var name in names)
        {
            await world.CreateRouteAsync(name, FromTelemetry);
        }

        await world.CreateRouteAsync("mine");
        await world.WaitAsync("mine", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("auto-4", "ProjectReady", true, "ProjectFound");
        var waiting = new List<SentryProjectRoute>();
        await world.WaitForAsync(() => world.Sentry.State.Projects.All().Length == 4, "two automatic projects, one by hand and one of before");
        foreach (var name in names[..4])
        {
            var route = await world.WaitAsync(name, "Accepted", true, "Accepted");
            if (route.Status!.Conditions.FindCondition("ProjectReady") is { Reason: "CreationRateLimited" })
            {
                waiting.Add(route);
            }
        }

        Assert.Equal(2, waiting.Count);
        Assert.All(waiting, static route => Assert.Matches("projects.maxCreatedPerMinute \\(2\\).* before \\d\\d:\\d\\d UTC", route.Status!.Conditions.FindCondition("ProjectReady")!.Message!));
        await world.ChangeExporterAsync(new JsonObject { ["projects"] = new JsonObject { ["maxCreatedPerMinute"] = 600 } });
        foreach (var route in waiting)
        {
            await world.WaitAsync(route.Metadata.Name!, "ProjectReady", true, "ProjectCreated");
        }
    }

    [Fact]
    public async Task A_route_that_no_person_wrote_gets_no_project_that_the_patterns_forbid_and_uses_one_that_is_there()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(static spec => (spec.Projects.AllowedServices, spec.Projects.DeniedServices) = (["shop-*"], ["*-test"]));
        await world.CreateRouteAsync("billing", FromTelemetry);
        await world.CreateRouteAsync("shop-test", FromTelemetry);
        await world.CreateRouteAsync("shop-orders", FromTelemetry);
        await world.CreateRouteAsync("mine");

        await world.WaitAsync("billing", "ProjectReady", false, "ServiceNotAllowed");
        await world.WaitAsync("shop-test", "ProjectReady", false, "ServiceNotAllowed");
        await world.WaitAsync("shop-orders", "ProjectReady", true, "ProjectCreated");
        await world.WaitAsync("mine", "ProjectReady", true, "ProjectCreated");
        Assert.Equal(["mine", "shop-orders"], world.Sentry.State.Projects.All().Select(static project => project.Slug).Order());

        world.Sentry.State.Projects.Create("billing", "billing");
        await world.WaitAsync("billing", "ProjectReady", true, "ProjectFound");
    }

    [Fact]
    public async Task Of_two_routes_for_one_value_the_older_wins_and_the_other_takes_over_when_it_goes()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", name: "a-first");
        await world.CreateRouteAsync("orders", name: "b-second");

        await world.WaitAsync("a-first", "ProjectReady", true, "ProjectCreated");
        var loser = await world.WaitAsync("b-second", "Accepted", false, "Conflict");
        Assert.Contains($"{world.Namespace}/a-first", loser.Status!.Conditions.FindCondition("Accepted")!.Message, StringComparison.Ordinal);
        await world.DeleteRouteAsync("a-first");

        var winner = await world.WaitAsync("b-second", "ProjectReady", true, "ProjectFound");
        Assert.True(winner.Status!.Conditions.IsConditionTrue("Accepted"));
        Assert.Single(world.Sentry.State.Projects.All());
    }

    [Fact]
    public async Task A_route_waits_for_its_exporter()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateRouteAsync("orders");
        await world.WaitAsync("orders", "Ready", false, "ExporterNotFound");

        await world.CreateExporterAsync();

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task A_route_of_another_namespace_needs_the_exporters_leave()
    {
        await using var world = await RouteWorld.StartAsync(cluster, everywhere: true);
        await world.CreateExporterAsync(spec => spec.AllowedRoutes.Namespaces = new AllowedRouteNamespaces
        {
            From = NamespacesFrom.Selector,
            Selector = new LabelSelector { MatchLabels = new() { ["team"] = "shop-" + world.Namespace } },
        });
        var other = world.Namespace + "-shop";
        await world.CreateNamespaceAsync(other);
        await world.CreateRouteAsync("orders", route =>
        {
            route.Metadata.Namespace = other;
            route.Spec.ExporterRef.Namespace = world.Namespace;
        });
        await world.WaitAsync("orders", "Accepted", false, "NotAllowedByExporter", other);

        await world.Client.PatchAsync<Kubernetes.Entities.V1Namespace>(
            other, null, new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["team"] = "shop-" + world.Namespace } } }, null, RouteWorld.Cancellation);

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated", other);
    }

    [Fact]
    public async Task A_suspended_route_is_left_alone_until_it_is_resumed()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", route => route.Spec.Suspend = true);
        await world.WaitAsync("orders", "Ready", false, "Suspended");
        Assert.Empty(world.Sentry.State.Projects.All());

        await world.PatchRouteAsync("orders", JsonNode.Parse("""{"spec":{"suspend":false}}""")!.AsObject());

        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
    }

    [Fact]
    public async Task A_suspended_exporter_creates_and_deletes_nothing_in_Sentry()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync();
        await world.CreateRouteAsync("orders", route => route.Spec.DeletionPolicy = DeletionPolicy.Delete);
        await world.WaitAsync("orders", "ProjectReady", true, "ProjectCreated");
        await world.SuspendExporterAsync(true);

        await world.CreateRouteAsync("sales");
        await world.WaitAsync("sales", "ProjectReady", false, "ExporterSuspended");
        await world.DeleteRouteAsync("orders");
        await world.WaitAsync("orders", "ProjectReady", false, "ExporterSuspended");
        Assert.Equal("orders", Assert.Single(world.Sentry.State.Projects.All()).Slug);
        await world.SuspendExporterAsync(false);

        await world.WaitAsync("sales", "ProjectReady", true, "ProjectCreated");
        await world.WaitUntilGoneAsync("orders");
        Assert.Null(world.Sentry.State.Projects.Find("orders"));
    }

    [Fact]
    public async Task The_number_of_automatic_projects_is_known_after_a_restart()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Projects.MaxAutoCreated = 1);
        await world.CreateRouteAsync("auto-0", FromTelemetry);
        await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectCreated");
        await world.KillOperatorAsync();
        world.StartOperator();

        await world.CreateRouteAsync("auto-1", FromTelemetry);
        await world.WaitAsync("auto-1", "ProjectReady", false, "MaxAutoCreatedReached");
        Assert.Single(world.Sentry.State.Projects.All());
    }

    [Fact]
    public async Task A_project_that_stays_counts_without_its_route_and_after_a_restart_until_a_person_takes_it_out()
    {
        // Given the one project that may be created
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => spec.Projects.MaxAutoCreated = 1);
        await world.CreateRouteAsync("auto-0", FromTelemetry);
        var created = await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectCreated");

        // When its route goes, and the operator with it
        await world.DeleteRouteAsync("auto-0");
        await world.WaitUntilGoneAsync("auto-0");
        Assert.Equal([("auto-0", created.Status!.Project!.Id)], (await LeftAsync(world)).Select(static left => (left.Key, (string?)left.Value)));
        await world.KillOperatorAsync();
        world.StartOperator();

        // Then no other is created, and whoever comes for that one has it
        await world.CreateRouteAsync("auto-1", FromTelemetry);
        await world.WaitAsync("auto-1", "ProjectReady", false, "MaxAutoCreatedReached");
        await world.CreateRouteAsync("auto-0", FromTelemetry);
        await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectFound");
        Assert.Single(world.Sentry.State.Projects.All());

        // And a person who has looked after it makes room
        var patch = new JsonObject { ["status"] = new JsonObject { ["projects"] = new JsonObject { ["withoutRoute"] = new JsonObject { ["auto-0"] = null } } } };
        await world.Client.PatchAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, patch, new PatchOptions { Subresource = "status" }, RouteWorld.Cancellation);
        await world.WaitAsync("auto-1", "ProjectReady", true, "ProjectCreated");
        Assert.Empty(await LeftAsync(world));
    }

    [Fact]
    public async Task A_project_that_is_deleted_with_its_route_makes_room_for_another()
    {
        await using var world = await RouteWorld.StartAsync(cluster);
        await world.CreateExporterAsync(spec => (spec.Projects.MaxAutoCreated, spec.Projects.DeletionPolicy) = (1, DeletionPolicy.Delete));
        await world.CreateRouteAsync("auto-0", FromTelemetry);
        await world.WaitAsync("auto-0", "ProjectReady", true, "ProjectCreated");
        await world.CreateRouteAsync("auto-1", FromTelemetry);
        await world.WaitAsync("auto-1", "ProjectReady", false, "MaxAutoCreatedReached");

        await world.DeleteRouteAsync("auto-0");

        await world.WaitAsync("auto-1", "ProjectReady", true, "ProjectCreated");
        Assert.Empty(await LeftAsync(world));
    }

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

    private static async Task<Dictionary<string, string>> LeftAsync(RouteWorld world) =>
        (await world.Client.GetAsync<SentryExporter>(RouteWorld.Exporter, world.Namespace, RouteWorld.Cancellation))?.Status?.Projects?.WithoutRoute ?? [];

    private static void FromTelemetry(SentryProjectRoute route) =>
        route.Metadata.Annotations = new Dictionary<string, string> { [SentryOtelGroup.OriginAnnotation] = "Telemetry" };
}
