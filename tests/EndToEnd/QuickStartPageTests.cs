using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>docs/quick-start.md works. With UPDATE_EXPECTED=true the page gets the output of the run, to be looked at in the diff.</summary>
[Trait("Category", "Processes")]
public sealed class QuickStartPageTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Commands_of_the_page_print_what_it_shows()
    {
        await using var installation = await Installation.StartWithoutChartAsync("my-organization", Cancellation);
        await using var front = await ApiFront.StartAsync(installation.ControlPlane, Cancellation);
        var folder = Directory.CreateTempSubdirectory("quick-start-");
        try
        {
            var page = QuickStartPage.Read();
            Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "charts"), RepositoryFiles.PathOf("charts"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "exporter.yaml"), ToStandIn(installation, page.Manifest), Cancellation);

            var outputs = new List<string>();
            foreach (var (command, shown) in page.Commands)
            {
                outputs.Add(await RunUntilShownAsync(installation, front, folder.FullName, command, shown));
            }

            Assert.True(outputs.Count > 10);
            Assert.NotNull(installation.Sentry.State.Projects.Find("orders"));
            Assert.Empty((await installation.GetAsync("shop", "sentryprojectroutes", Cancellation))["items"]!.AsArray());
            if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "true")
            {
                await File.WriteAllTextAsync(RepositoryFiles.PathOf(QuickStartPage.Path), page.With(outputs), Cancellation);
            }
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // A person looks again where the cluster needs a second; what changes something is typed once.
    private static async Task<string> RunUntilShownAsync(Installation installation, ApiFront front, string folder, string command, string shown)
    {
        var mayRepeat = command.StartsWith("kubectl get", StringComparison.Ordinal) || command.StartsWith("kubectl wait", StringComparison.Ordinal);
        var expected = QuickStartPage.Settled(shown);
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = await RunAsync(installation, front, folder, ToStandIn(installation, command));
            var output = ToSentry(installation, result.Output);
            var isShown = result.ExitCode == 0 && QuickStartPage.Settled(output).EndsWith(expected, StringComparison.Ordinal);
            if (isShown || !mayRepeat || TimeProvider.System.GetElapsedTime(deadline) > Patience)
            {
                Assert.True(result.ExitCode == 0, $"{command}: {result.Error}{output}");
                Assert.EndsWith(expected, QuickStartPage.Settled(output), StringComparison.Ordinal);
                return LastLines(output, shown.Count(static character => character == '\n'));
            }

            await Task.Delay(TimeSpan.FromMilliseconds(250), Cancellation);
        }
    }

    // Only the plugin needs what the front adds: the way to pods.
    private static Task<CommandResult> RunAsync(Installation installation, ApiFront front, string folder, string command)
    {
        var tools = command.StartsWith("kubectl sentry-otel", StringComparison.Ordinal) ? new ClusterTools(folder, front.KubeconfigPath) : installation.ControlPlane.Tools;
        return tools.TryShellAsync(command, folder, RepositoryFiles.PathOf("artifacts/cli"), Cancellation);
    }

    private static string ToStandIn(Installation installation, string text) => text
        .Replace("https://sentry.io", AddressOf(installation), StringComparison.Ordinal)
        .Replace("YOUR_TOKEN", Installation.Token, StringComparison.Ordinal);

    private static string ToSentry(Installation installation, string text) => text.Replace(AddressOf(installation), "https://sentry.io", StringComparison.Ordinal);

    private static string AddressOf(Installation installation) => installation.Sentry.ManagementUrl.AbsoluteUri.TrimEnd('/');

    private static string LastLines(string text, int count) => string.Concat(text.TrimEnd().Split('\n').TakeLast(count).Select(static line => line.TrimEnd() + "\n"));
}
