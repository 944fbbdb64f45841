using SentryOtel.Operator.Checking;
using SentryOtel.Operator.Hosting;

namespace SentryOtel.Operator.Tests.Checking;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task It_is_told_what_the_operator_is_told()
    {
        var (exit, arguments, _) = await RunAsync(
            "check", "--watch-namespaces=a,b", "--leader-elect=true", "--leader-election-namespace=system", "--watch-secrets=false", "--operator-url=http://probes:8081", "--within=5s");

        Assert.Equal(0, exit);
        Assert.Equal(["a", "b"], arguments!.WatchNamespaces);
        Assert.Equal((true, "system", false), (arguments.LeaderElect, arguments.LeaderElectionNamespace, arguments.WatchSecrets));
        Assert.Equal((new Uri("http://probes:8081"), TimeSpan.FromSeconds(5)), (arguments.OperatorUrl, arguments.Within));
    }

    [Fact]
    public async Task Without_flags_all_namespaces_are_looked_at_and_no_operator_is_asked()
    {
        var (_, arguments, _) = await RunAsync("check");

        Assert.Empty(arguments!.WatchNamespaces);
        Assert.Equal((null, TimeSpan.FromMinutes(1), true), (arguments.OperatorUrl, arguments.Within, arguments.WatchSecrets));
    }

    [Theory]
    [InlineData("--operator-url=probes")]
    [InlineData("--operator-url=ftp://probes")]
    [InlineData("--within=soon")]
    [InlineData("--log-level=debug")]
    public async Task A_command_line_that_makes_no_sense_is_refused_and_nothing_runs(string argument)
    {
        var (exit, arguments, error) = await RunAsync("check", argument);

        Assert.Equal(OperatorCommand.UsageError, exit);
        Assert.Null(arguments);
        Assert.NotEmpty(error);
    }

    private static async Task<(int Exit, CheckArguments? Arguments, string Error)> RunAsync(params string[] args)
    {
        CheckArguments? seen = null;
        using var error = new StringWriter();
        var command = new OperatorCommand(
            static (_, _) => throw new InvalidOperationException("The operator was started."),
            (arguments, _, _) =>
            {
                seen = arguments;
                return Task.FromResult(0);
            });
        return (await command.InvokeAsync(args, TextWriter.Null, error), seen, error.ToString());
    }
}
