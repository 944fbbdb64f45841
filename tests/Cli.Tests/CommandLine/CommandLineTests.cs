namespace SentryOtel.Cli.Tests.CommandLine;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--kubeconfig")]
    [InlineData("status", "--output", "xml")]
    [InlineData("status", "--chekc")]
    [InlineData("trace")]
    [InlineData("send-test")]
    [InlineData("convert")]
    [InlineData("nonsense")]
    public async Task A_command_line_that_makes_no_sense_ends_with_2_and_says_where_help_is(params string[] arguments)
    {
        var run = await CliRun.OfAsync(arguments);

        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Theory]
    [InlineData("status", "kubectl sentry-otel status -A --output json")]
    [InlineData("trace", "kubectl sentry-otel trace orders")]
    [InlineData("send-test", "kubectl sentry-otel send-test orders --endpoint")]
    [InlineData("convert", "kubectl sentry-otel convert collector.yaml")]
    public async Task Help_has_examples_and_the_options_of_the_cluster(string command, string example)
    {
        var run = await CliRun.OfAsync([command, "--help"]);

        Assert.Equal(0, run.ExitCode);
        Assert.Contains(example, run.Output, StringComparison.Ordinal);
        Assert.Contains("--all-namespaces", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kubeconfig_that_is_not_there_is_named()
    {
        var run = await CliRun.OfAsync(["status", "--kubeconfig", "/nowhere/kubeconfig"]);

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("/nowhere/kubeconfig", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--timeout", "soon", "duration")]
    [InlineData("--endpoint", "localhost:4318", "http://localhost:4318")]
    public async Task A_value_that_can_not_be_used_is_named_with_an_example(string option, string value, string example)
    {
        var run = await CliRun.OfAsync(["send-test", "orders", option, value]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(option, run.Error, StringComparison.Ordinal);
        Assert.Contains(example, run.Error, StringComparison.Ordinal);
    }
}
