using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>What <c>make run ONCE=1</c> runs, as a person runs it.</summary>
[Trait("Category", "Processes")]
public sealed class MakeRunTests
{
    [Fact]
    public async Task Every_span_and_log_of_five_services_arrives_in_its_project_once()
    {
        var answer = await CommandResult.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "sentry-otel-demo"),
            ["--once", "--repository", RepositoryFiles.Root, "--programs", RepositoryFiles.PathOf("artifacts")],
            standardInput: null,
            environment: new Dictionary<string, string> { ["NO_COLOR"] = "1" },
            TestContext.Current.CancellationToken);

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Contains("every span and log arrived in the right project, none twice", answer.Output, StringComparison.Ordinal);
        Assert.Matches(@"recommendations\S* +recommendations +recommendations +True", answer.Output);
        Assert.Matches(@"checkout +checkout-v2 +checkout +True", answer.Output);
    }
}
