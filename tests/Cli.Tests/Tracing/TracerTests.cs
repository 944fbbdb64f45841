using SentryOtel.Cli.Clusters;
using SentryOtel.Cli.Tracing;
using SentryOtel.Crds;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Entities;
using static SentryOtel.Cli.Tests.Tracing.TraceWorld;

namespace SentryOtel.Cli.Tests.Tracing;

public sealed class TracerTests
{
    private readonly TraceWorld _world = new();

    [Fact]
    public void A_service_with_a_ready_route_arrives_and_nothing_is_wrong()
    {
        _world.Answers.Add(new GatewayAnswer("main-gateway-a", View(Queue("traces", 12, 12)), null));

        var report = _world.Trace();

        Assert.True(report.Arrives);
        Assert.Equal("A span of orders sent now to observability/main would arrive in project orders.", report.Verdict);
        Assert.Empty(Problems(report));
        Assert.Contains(report.Steps, static step => step.Text == "route observability/orders, made by the operator for a workload");
        Assert.Contains(report.Steps.SelectMany(static step => step.All()), static step => step.Text.Contains("12 accepted, 12 sent, 0 dropped, 0 queued, seen 5s ago", StringComparison.Ordinal));
    }

    [Fact]
    public void A_refused_token_is_named_with_its_cure()
    {
        _world.Exporter.Status!.Conditions = [False("Ready", "InvalidToken", "Sentry does not know the token"), False("CredentialsValid", "InvalidToken", "Sentry does not know the token"), True("GatewayAvailable")];

        var report = _world.Trace();

        Assert.False(report.Arrives);
        Assert.Contains((TraceMark.Bad, "credentials: InvalidToken: Sentry does not know the token", "Put another token into the Secret that authTokenSecretRef names."), Problems(report));
    }

    [Fact]
    public void Data_of_a_project_that_gateways_know_flow_on_without_the_token_and_that_is_told()
    {
        _world.Exporter.Status!.Conditions = [False("Ready", "InvalidToken", "no"), False("CredentialsValid", "InvalidToken", "no"), True("GatewayAvailable")];
        _world.Orders.Status!.Conditions = [True("Accepted"), True("ProjectReady"), True("Programmed"), False("Ready", "InvalidToken", "no")];

        var report = _world.Trace();

        Assert.True(report.Arrives);
        Assert.Contains("would arrive in project orders, whose key gateways have. But InvalidToken", report.Verdict, StringComparison.Ordinal);

        // Not when something else is amiss
        _world.Exporter.Status.Conditions[2] = False("GatewayAvailable", "NoPodReady", "no");
        Assert.False(_world.Trace().Arrives);
    }

    [Fact]
    public void The_older_of_two_routes_holds_the_value_and_the_other_is_named()
    {
        var younger = Route("mine", "orders", ageInHours: 1);
        younger.Status!.Conditions = [False("Accepted", "Conflict", "route observability/orders is older and has the same attributeValue"), False("Ready", "Conflict", "")];
        _world.Routes.Add(younger);

        var report = _world.Trace();

        Assert.True(report.Arrives);
        var (_, text, cure) = Assert.Single(Problems(report));
        Assert.Contains("route observability/mine", text, StringComparison.Ordinal);
        Assert.Equal("Delete one of the two routes.", cure);
    }

    [Fact]
    public void A_pod_that_has_not_loaded_the_route_is_named()
    {
        _world.Orders.Status!.Conditions = [True("Accepted"), True("ProjectReady"), False("Programmed", "Pending", "gateways are behind"), False("Ready", "Pending", "gateways are behind")];
        _world.Pods.Add(Pod("main-gateway-b", 4));
        _world.Pods.Add(Pod("main-gateway-c", null));

        var report = _world.Trace();

        Assert.False(report.Arrives);
        Assert.Contains((TraceMark.Bad, "main-gateway-b serves routing table 4, and the route came with 5", null), Problems(report));
        Assert.Contains(Problems(report), static problem => problem.Text == "main-gateway-c has not said which routing table it serves");
        Assert.DoesNotContain(Problems(report), static problem => problem.Text.StartsWith("main-gateway-a", StringComparison.Ordinal));
    }

    [Fact]
    public void An_old_status_is_no_promise()
    {
        _world.Orders.Metadata.Generation = 2;
        _world.Orders.Status!.Conditions!.ForEach(static condition => condition.ObservedGeneration = 1);

        var report = _world.Trace();

        Assert.Null(report.Arrives);
        Assert.Contains("has not looked at the newest spec", report.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_of_Sentrys_is_told_and_does_not_lose_the_span()
    {
        _world.Orders.Status!.Conditions!.Add(new V1Condition { Type = "RateLimited", Status = "True", Reason = "LimitedBySentry", Message = "Sentry limits spans until 2026-03-01T12:05:00Z" });

        var report = _world.Trace();

        Assert.True(report.Arrives);
        Assert.EndsWith("would arrive in project orders when Sentry's limit ends.", report.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_nobody_announced_is_refused_without_autoCreateProjects()
    {
        var report = _world.Trace("checkout");

        Assert.False(report.Arrives);
        var (_, text, cure) = Assert.Single(Problems(report));
        Assert.StartsWith("autoCreateProjects is off", text, StringComparison.Ordinal);
        Assert.Contains("service.name=checkout", cure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_nobody_announced_is_kept_until_its_project_is_there()
    {
        _world.Exporter.Spec.AutoCreateProjects = true;

        var report = _world.Trace("CheckoutService");

        Assert.Null(report.Arrives);
        Assert.Contains("until project checkout-service is found or created", report.Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void A_strict_policy_says_why_the_value_is_no_slug()
    {
        _world.Exporter.Spec.AutoCreateProjects = true;
        _world.Exporter.Spec.Routing.SlugPolicy = SlugPolicy.Strict;

        var report = _world.Trace("CheckoutService");

        Assert.False(report.Arrives);
        Assert.Contains(Problems(report), static problem => problem.Text.Contains("a character other than a-z", StringComparison.Ordinal));
    }

    [Fact]
    public void The_cap_on_projects_is_told()
    {
        _world.Exporter.Spec.AutoCreateProjects = true;
        _world.Exporter.Spec.Projects.MaxAutoCreated = 1;
        _world.Orders.Status!.Project!.Created = true;

        var report = _world.Trace("checkout");

        Assert.False(report.Arrives);
        Assert.Contains((TraceMark.Bad, "the exporter has created 1 projects by itself, and may create 1", "Raise projects.maxAutoCreated, or create the project."), Problems(report));
    }

    [Theory]
    [InlineData("gone", true)]
    [InlineData("checkout", false)]
    public void Projects_whose_route_is_gone_count_and_their_services_may_come_back(string service, bool arrives)
    {
        // Given as many projects as there may be: two without a route, of which one has a route again
        _world.Exporter.Spec.AutoCreateProjects = true;
        _world.Exporter.Spec.Projects.MaxAutoCreated = 2;
        _world.Exporter.Status!.Projects = new ExporterProjects { WithoutRoute = new() { ["gone"] = "1", ["orders"] = "2" } };
        _world.Orders.Status!.Origin = RouteOrigin.Telemetry;
        _world.Orders.Status!.Project!.Created = true;

        var report = _world.Trace(service);

        Assert.Equal(!arrives, Problems(report).Any(static problem => problem.Text.StartsWith("the exporter has created 2 projects by itself", StringComparison.Ordinal)));
        Assert.Equal(arrives, report.Arrives is not false);
    }

    [Theory]
    [InlineData("checkout", false)]
    [InlineData("shop-checkout", true)]
    public void A_pattern_that_keeps_a_service_out_is_told(string service, bool isAllowed)
    {
        _world.Exporter.Spec.AutoCreateProjects = true;
        _world.Exporter.Spec.Projects.AllowedServices = ["shop-*"];

        var report = _world.Trace(service);

        Assert.Equal(isAllowed, report.Arrives is not false);
        Assert.Equal(!isAllowed, Problems(report).Any(static problem => problem.Text.StartsWith("projects.allowedServices", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_slip_of_the_pen_is_noticed()
    {
        var report = _world.Trace("Orders");

        Assert.Contains(Problems(report), static problem => problem.Text.StartsWith("there is a route for \"orders\"", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gateway_that_holds_data_back_says_why_and_until_when()
    {
        _world.Answers.Add(new GatewayAnswer("main-gateway-a", View(Queue("traces", 12, 2) with
        {
            QueuedItems = 10,
            Hold = "rate_limited",
            State = "rate_limited",
            HeldUntil = Now.AddMinutes(5),
            LastError = new FailureView(Now.AddSeconds(-30), "rate_limited", 429, "Too many"),
        }), null));

        var texts = Problems(_world.Trace()).Select(static problem => problem.Text).ToList();

        Assert.Contains("nothing is sent until 2026-03-01T12:05:00Z: rate_limited", texts);
        Assert.Contains("last error 30s ago: rate_limited, status 429: Too many", texts);
    }

    [Fact]
    public void A_gateway_that_can_not_be_asked_is_not_taken_for_a_silent_one()
    {
        _world.Answers.Add(new GatewayAnswer("main-gateway-a", null, "pods/proxy is forbidden"));

        Assert.Contains((TraceMark.Unsure, "main-gateway-a could not be asked: pods/proxy is forbidden", null), Problems(_world.Trace()));
    }
}
