using Microsoft.Extensions.Logging;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Hosting;

namespace SentryOtel.Operator.Tests.Hosting;

public sealed class OperatorCommandTests
{
    [Fact]
    public async Task Without_flags_the_defaults_hold()
    {
        var (exit, arguments, _, _) = await RunAsync();

        Assert.Equal(0, exit);
        Assert.True(arguments!.Options.LeaderElect);
        Assert.True(arguments.Options.WatchSecrets);
        Assert.Empty(arguments.Options.WatchNamespaces);
        Assert.Equal(":8080", arguments.Options.MetricsBindAddress);
        Assert.Equal(":8081", arguments.Options.HealthProbeBindAddress);
        Assert.Equal($"ghcr.io/sentry-otel/sentry-otel-gateway:{OperatorVersion.Text}", arguments.Options.GatewayImage);
        Assert.Equal((LogLevel.Information, true), (arguments.LogLevel, arguments.LogJson));
        Assert.Equal(new OperatorTimes(), arguments.Options.Times);
        Assert.Equal((null, true), (arguments.Options.GatewayImagePullPolicy, arguments.Options.GatewayHasFixedUser));
    }

    [Fact]
    public async Task Flags_are_read()
    {
        var (_, arguments, _, _) = await RunAsync(
            "--kubeconfig", "/some/where", "--watch-namespaces=a,b", "--watch-namespaces", "c, a", "--leader-elect=false", "--leader-election-namespace=system",
            "--metrics-bind-address", "10.0.0.1:1", "--health-probe-bind-address=0", "--gateway-image=g:1", "--gateway-image-pull-policy=Always", "--gateway-fixed-user=false",
            "--leader-election-lease-duration=1m", "--leader-election-renew-deadline=40s", "--leader-election-retry-period", "500ms", "--watch-secrets=false", "--log-level=debug", "--log-format=text");

        var options = arguments!.Options;
        Assert.Equal("/some/where", options.Kubeconfig);
        Assert.Equal(["a", "b", "c"], options.WatchNamespaces);
        Assert.False(options.LeaderElect);
        Assert.False(options.WatchSecrets);
        Assert.Equal("system", options.LeaderElectionNamespace);
        Assert.Equal(("10.0.0.1:1", "0", "g:1"), (options.MetricsBindAddress, options.HealthProbeBindAddress, options.GatewayImage));
        Assert.Equal(("Always", false), (options.GatewayImagePullPolicy, options.GatewayHasFixedUser));
        Assert.Equal(
            (TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(40), TimeSpan.FromMilliseconds(500)),
            (options.Times.LeaseDuration, options.Times.RenewDeadline, options.Times.RetryPeriod));
        Assert.Equal((LogLevel.Debug, false), (arguments.LogLevel, arguments.LogJson));
    }

    [Theory]
    [InlineData("--bogus")]
    [InlineData("--log-level=loud")]
    [InlineData("--log-format=xml")]
    [InlineData("--leader-elect=perhaps")]
    [InlineData("--leader-election-lease-duration=soon")]
    [InlineData("--gateway-image-pull-policy=Sometimes")]
    public async Task A_command_line_that_makes_no_sense_is_refused_and_nothing_runs(string argument)
    {
        var (exit, arguments, _, error) = await RunAsync(argument);

        Assert.Equal(OperatorCommand.UsageError, exit);
        Assert.Null(arguments);
        Assert.NotEmpty(error);
    }

    [Fact]
    public async Task Version_and_help_are_printed_and_nothing_runs()
    {
        var version = await RunAsync("--version");
        var help = await RunAsync("--help");

        Assert.Equal((0, OperatorVersion.Text), (version.Exit, version.Output.Trim()));
        Assert.Equal(0, help.Exit);
        Assert.Contains("--gateway-image", help.Output, StringComparison.Ordinal);
        Assert.Null(version.Arguments);
        Assert.Null(help.Arguments);
    }

    [Fact]
    public async Task The_exit_code_is_that_of_the_run()
    {
        var command = new OperatorCommand(static (_, _) => Task.FromResult(OperatorCommand.Failure));

        Assert.Equal(OperatorCommand.Failure, await command.InvokeAsync([], TextWriter.Null, TextWriter.Null));
    }

    private static async Task<(int Exit, OperatorArguments? Arguments, string Output, string Error)> RunAsync(params string[] args)
    {
        OperatorArguments? seen = null;
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = new OperatorCommand((arguments, _) =>
        {
            seen = arguments;
            return Task.FromResult(0);
        });
        var exit = await command.InvokeAsync(args, output, error);
        return (exit, seen, output.ToString(), error.ToString());
    }
}
