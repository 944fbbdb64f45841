using System.Text.RegularExpressions;
using SentryOtel.Cluster.Processes;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>An installation with a ready service, and the plugin as a person runs it: through kubectl.</summary>
public sealed class PluginInstallation : IAsyncLifetime
{
    private ApiFront? _front;

    internal Installation Installation { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Installation = await Installation.StartAsync(cancellation);
        _front = await ApiFront.StartAsync(Installation.ControlPlane, cancellation);
        await Installation.CreateExporterAsync("shop", cancellation);
        await Installation.CreateRouteAsync("shop", "orders", cancellation);
        await Installation.WaitReadyAsync("shop", "sentryexporter/sentry", cancellation);
        await Installation.WaitReadyAsync("shop", "sentryprojectroute/orders", cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        await Installation.DisposeAsync();
    }

    /// <summary>Runs <c>kubectl sentry-otel</c> with the plugin on the PATH.</summary>
    internal Task<CommandResult> RunAsync(params IEnumerable<string> arguments) => CommandResult.RunAsync(
        Installation.ControlPlane.KubectlPath,
        ["sentry-otel", .. arguments, "--namespace", "shop"],
        standardInput: null,
        new Dictionary<string, string>
        {
            ["PATH"] = $"{RepositoryFiles.PathOf("artifacts/cli")}:{Environment.GetEnvironmentVariable("PATH")}",
            ["KUBECONFIG"] = _front!.KubeconfigPath,
        },
        TestContext.Current.CancellationToken);
}

/// <summary><c>kubectl sentry-otel</c> against operator, gateway and a stand-in Sentry as they ship.</summary>
[Trait("Category", "Processes")]
public sealed class PluginTests(PluginInstallation plugin) : IClassFixture<PluginInstallation>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_runs_as_a_plugin_of_kubectl_and_passes_its_check()
    {
        var answer = await plugin.RunAsync("status", "--check");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Matches("(?m)^sentry +acme +[0-9]+/[0-9]+ +1/1 +True +Ready", answer.Output);
        Assert.Matches("(?m)^orders +orders +True +Ready", answer.Output);
        Assert.Matches("(?m)^sentry-gateway-[a-z0-9-]+ +sentry +True +0 +[0-9]+ ", answer.Output);
    }

    [Fact]
    public async Task Trace_asks_the_live_gateway_and_ends_with_a_verdict()
    {
        var answer = await plugin.RunAsync("trace", "orders");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Matches(@"(?m)^\[(ok|\.\.)\] sentry-gateway-[a-z0-9-]+ says:", answer.Output);
        Assert.EndsWith("A span of orders sent now to shop/sentry would arrive in project orders.", answer.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.DoesNotContain("[!!]", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_span_and_log_record_arrive_in_the_project_and_the_plugin_says_so()
    {
        var answer = await plugin.RunAsync("send-test", "orders");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Contains("[ok] span: delivered: Sentry took it", answer.Output, StringComparison.Ordinal);
        Assert.Contains("[ok] log record: delivered: Sentry took it", answer.Output, StringComparison.Ordinal);
        Assert.Contains("/organizations/acme/projects/orders/", answer.Output, StringComparison.Ordinal);
        var trace = answer.Output.Split("trace ")[1][..32];
        Assert.Contains(plugin.Installation.Sentry.State.Received.Spans("orders"), span => span.TraceId == trace);
        Assert.Contains(plugin.Installation.Sentry.State.Received.Logs("orders"), log => log.TraceId == trace);
    }

    [Fact]
    public async Task A_service_nobody_announced_gets_its_project_and_the_test_arrives_there()
    {
        var answer = await plugin.RunAsync("send-test", "newcomer", "--timeout", "60s");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Single(plugin.Installation.Sentry.State.Received.Spans("newcomer"));
    }

    [Fact]
    public async Task What_Sentry_refuses_is_told_in_its_words()
    {
        await ReadyAsync("refused");
        plugin.Installation.Sentry.Faults.Enqueue(new Fault
        {
            Path = "/api/*/integration/otlp/v1/traces",
            BodyContains = "refused",
            Answer = new FaultAnswer { Status = 400, Body = """{"detail": "not to my taste"}""" },
        });

        var answer = await plugin.RunAsync("send-test", "refused");

        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("[!!] span: dropped (invalid); Sentry said: 400", answer.Output, StringComparison.Ordinal);
        Assert.Contains("not to my taste", answer.Output, StringComparison.Ordinal);
        Assert.Contains("[ok] log record: delivered: Sentry took it", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_limit_holds_back_is_not_called_delivered()
    {
        await ReadyAsync("limited");

        // Relay answers the first request of a key with 2xx, whatever comes of it.
        Assert.Equal(0, (await plugin.RunAsync("send-test", "limited")).ExitCode);
        var state = plugin.Installation.Sentry.State;
        state.Limits.Add(new ActiveLimit { Scope = LimitScope.Project, ProjectId = state.Projects.Find("limited")!.Id, Until = DateTimeOffset.UtcNow.AddMinutes(10), Reason = "quota" });

        var answer = await plugin.RunAsync("send-test", "limited");

        Assert.Equal(1, answer.ExitCode);
        Assert.True(Regex.IsMatch(answer.Output, @"\[\?\?\] span: still queued: Sentry limits the project until\s[0-9T:-]+Z"), answer.Output);
        Assert.DoesNotContain("delivered", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_can_be_sent_to_an_address_of_the_gateway()
    {
        await ReadyAsync("direct");
        var pods = await plugin.Installation.GetAsync("shop", "pods", Cancellation);
        var address = pods["items"]!.AsArray().Select(static pod => (string?)pod!["status"]!["podIP"]).First(static address => address is not null);

        var answer = await plugin.RunAsync("send-test", "direct", "--endpoint", $"http://{address}:4318");

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Single(plugin.Installation.Sentry.State.Received.Spans("direct"));
    }

    private async Task ReadyAsync(string service)
    {
        await plugin.Installation.CreateRouteAsync("shop", service, Cancellation);
        await plugin.Installation.WaitReadyAsync("shop", $"sentryprojectroute/{service}", Cancellation);
    }
}
