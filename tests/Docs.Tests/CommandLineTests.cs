using System.Text.RegularExpressions;
using SentryOtel.Cluster.Processes;
using SentryOtel.Docs.Tests.Pages;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests;

/// <summary>What pages let people type of <c>kubectl sentry-otel</c> is understood, and prints what they show.</summary>
[Trait("Category", "Processes")]
public sealed partial class CommandLineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_verb_and_option_that_pages_name_is_in_the_help()
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal) { [""] = (await RunAsync(["--help"])).Output };
        foreach (var verb in Command().Matches(known[""]).Select(static match => match.Groups[1].Value))
        {
            known[verb] = (await RunAsync([verb, "--help"])).Output;
        }

        var calls = Page.All.SelectMany(static page => page.Commands.SelectMany(line => Call().Matches(line).Select(match => (page.Path, Match: match)))).ToList();

        Assert.NotEmpty(calls);
        foreach (var (page, call) in calls)
        {
            var verb = call.Groups["verb"].Value;
            Assert.True(known.TryGetValue(verb, out var help), $"{page}: {call.Value}");
            Assert.All(
                Option().Matches(call.Groups["rest"].Value).Select(static match => match.Value.Trim()),
                option => Assert.True(Regex.IsMatch(help, $@"(^|[ ,]){Regex.Escape(option)}([ ,]|$)", RegexOptions.Multiline), $"{page}: {call.Value}: no option {option}"));
        }
    }

    // The command, what it says on standard error, and what it prints: in blocks one after the other.
    [Theory]
    [InlineData("docs/cli.md")]
    [InlineData("docs/migrating.md")]
    public async Task Conversion_that_a_page_shows_is_what_the_program_prints(string path)
    {
        var blocks = Page.Read(path).Blocks;
        var shown = blocks.Select(static (block, index) => (Block: block, Index: index)).Where(static item => item.Block.Text.StartsWith("$ kubectl sentry-otel convert", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(shown);
        foreach (var (block, index) in shown)
        {
            var lines = block.Text.Split('\n', 2);
            var arguments = lines[0].Split('>')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(3);
            var result = await RunAsync(arguments);

            Assert.Equal(result.Error, lines[1]);
            Assert.Equal(result.Output, blocks[index + 1].Text);
        }
    }

    [Fact]
    public async Task Example_of_a_conversion_is_what_the_program_prints()
    {
        var result = await RunAsync(["convert", "examples/otelcol-migration.yaml", "--name", "main", "-n", "observability"]);
        var example = File.ReadLines(RepositoryFiles.PathOf("examples/collector-migration/main.yaml")).SkipWhile(static line => line.StartsWith('#'));

        Assert.Equal(result.Output.TrimEnd(), string.Join('\n', example).TrimEnd());
    }

    // From the repository's top, as people stand there.
    private static Task<CommandResult> RunAsync(IEnumerable<string> arguments) => CommandResult.RunAsync(
        "/usr/bin/env",
        ["--chdir", RepositoryFiles.Root, Path.Combine(AppContext.BaseDirectory, "kubectl-sentry_otel"), .. arguments],
        cancellationToken: Cancellation);

    [GeneratedRegex(@"^  ([a-z-]+) <\w+>  ", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"kubectl sentry-otel(?: (?<verb>[a-z][a-z-]*))?(?<rest>[^\n|#>]*)")]
    private static partial Regex Call();

    [GeneratedRegex(@"(?<= )--?[a-zA-Z][\w-]*")]
    private static partial Regex Option();
}
