using System.Text.Json.Nodes;
using static SentryOtel.Cli.Tests.StatedWorld;

namespace SentryOtel.Cli.Tests.Status;

/// <summary><c>status</c> against a real API server whose objects are in various states.</summary>
[Trait("Category", "Processes")]
[Collection(ClusterCollection.Name)]
public sealed class StatusTests(ClusterFixture cluster)
{
    [Fact]
    public async Task Exporters_routes_gateways_and_limits_are_shown_with_what_is_wrong()
    {
        using var world = await cluster.CreateWorldAsync();
        await world.ExporterAsync("main", Condition("Ready", false, "NoPodReady", "no gateway pod of Deployment main-gateway is ready yet"));
        await world.RouteAsync("main", "orders", Condition("Ready", true, "Ready", "a span sent now arrives"),
            Condition("RateLimited", true, "LimitedBySentry", "Sentry limits spans (span, project) until 2099-01-01T00:00:00Z; gateways keep the data until then, within queue.maxAge"));
        await world.RouteAsync("main", "checkout", Condition("Ready", false, "ProjectNotFound", "no project has the slug checkout, and none may be created"));
        await world.PodAsync("main", "main-gateway-a", table: 12);
        await world.PodAsync("main", "main-gateway-b", table: 11, isReady: false);

        var run = await world.RunAsync("status");

        Assert.Equal(0, run.ExitCode);
        Assert.All(run.Lines, static line => Assert.InRange(line.Length, 0, 120));
        Assert.All(run.Output, static c => Assert.True(c < 128 && (c >= ' ' || c == '\n'), $"U+{(int)c:X4} in a pipe"));
        Assert.Matches("(?m)^main +acme +1/2 +1/1 +False +NoPodReady +[0-9]+s", run.Output);
        Assert.Contains("main: no gateway pod of Deployment main-gateway is ready yet", run.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^orders +orders +True +Ready +[0-9]+d left +12,000 +11,000 +5 +3m +[0-9]+s", run.Output);
        Assert.Matches("(?m)^checkout +checkout +False +ProjectNotFound +- +12,000", run.Output);
        Assert.Contains("checkout: no project has the slug checkout, and none may be created", run.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^main-gateway-a +main +True +3 +12 ", run.Output);
        Assert.Matches("(?m)^main-gateway-b +main +False +3 +11 of 12 ", run.Output);
        Assert.Contains("main-gateway-b: CrashLoopBackOff: back-off 10s", run.Output, StringComparison.Ordinal);
        Assert.Matches("(?m)^orders +orders +2099-01-01T00:00:00Z +Sentry limits spans", run.Output);
    }

    [Fact]
    public async Task Check_fails_a_pipeline_when_something_is_not_ready_and_lets_it_pass_otherwise()
    {
        using var world = await cluster.CreateWorldAsync();
        await world.ExporterAsync("good", Condition("Ready", true, "Ready", "telemetry is taken and sent"));
        await world.RouteAsync("good", "orders", Condition("Ready", true, "Ready", ""));
        await world.ExporterAsync("bad", Condition("Ready", false, "InvalidToken", "Sentry does not know the token"));

        Assert.Equal(0, (await world.RunAsync("status", "good", "--check")).ExitCode);
        Assert.Equal(1, (await world.RunAsync("status", "--check")).ExitCode);
        Assert.Equal(0, (await world.RunAsync("status")).ExitCode);
    }

    [Fact]
    public async Task A_status_of_an_older_spec_does_not_pass_the_check()
    {
        using var world = await cluster.CreateWorldAsync();
        await world.ExporterAsync("main", Condition("Ready", true, "Ready", "telemetry is taken and sent"));
        await cluster.ControlPlane.RunKubectlAsync(
            ["patch", "sentryexporter", "main", "--namespace", world.Namespace, "--type=merge", "--patch", """{"spec": {"timeout": "31s"}}"""], null, TestContext.Current.CancellationToken);

        var run = await world.RunAsync("status", "--check");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("has not looked at the newest spec yet", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("json")]
    [InlineData("yaml")]
    public async Task Programs_get_the_same_as_a_document(string format)
    {
        using var world = await cluster.CreateWorldAsync();
        await world.ExporterAsync("main", Condition("Ready", true, "Ready", "telemetry is taken and sent"));

        var run = await world.RunAsync("status", "--output", format);

        Assert.Equal(0, run.ExitCode);
        if (format == "json")
        {
            var exporter = JsonNode.Parse(run.Output)!["exporters"]![0]!;
            Assert.Equal(("main", "True", "acme"), ((string)exporter["name"]!, (string)exporter["ready"]!, (string)exporter["organization"]!));
        }
        else
        {
            Assert.Contains("organization: acme\n", run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_name_that_is_not_there_is_answered_with_those_that_are()
    {
        using var world = await cluster.CreateWorldAsync();
        await world.ExporterAsync("main", Condition("Ready", true, "Ready", ""));

        var run = await world.RunAsync("status", "mian");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains($"there is no SentryExporter mian in namespace {world.Namespace}; there is {world.Namespace}/main", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_read_pods_sees_the_rest_and_is_told()
    {
        using var world = await cluster.CreateWorldAsync();
        await world.ExporterAsync("main", Condition("Ready", true, "Ready", ""));
        var reader = cluster.ControlPlane.CreateClientKubeconfig("reader");
        await cluster.ControlPlane.RunKubectlAsync(
            ["create", "role", "reader", "--verb=get,list", "--resource=sentryexporters.sentry-otel.dev,sentryprojectroutes.sentry-otel.dev", "--namespace", world.Namespace], null, TestContext.Current.CancellationToken);
        await cluster.ControlPlane.RunKubectlAsync(
            ["create", "rolebinding", "reader", "--role=reader", "--user=reader", "--namespace", world.Namespace], null, TestContext.Current.CancellationToken);

        var run = await world.RunAsync(reader, ["status"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Matches("(?m)^main +acme", run.Output);
        Assert.Contains("gateway pods can not be told", run.Output, StringComparison.Ordinal);
        Assert.Contains("routes of other namespaces are not shown", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watching_in_a_pipe_is_refused()
    {
        using var world = await cluster.CreateWorldAsync();
        await world.ExporterAsync("main", Condition("Ready", true, "Ready", ""));

        Assert.Equal(2, (await world.RunAsync("status", "--watch")).ExitCode);
    }
}
