using System.Net;
using System.Text.RegularExpressions;
using SentryOtel.Cluster.Processes;
using SentryOtel.Gateway.Tests.Page;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>What <c>make run ONCE=1</c> runs, as a person runs it.</summary>
[Trait("Category", "Processes")]
public sealed partial class MakeRunTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_span_and_log_of_five_services_arrives_in_its_project_once()
    {
        var answer = await CommandResult.RunAsync(
            Path.Combine(AppContext.BaseDirectory, "sentry-otel-demo"),
            ["--once", "--repository", RepositoryFiles.Root, "--programs", RepositoryFiles.PathOf("artifacts")],
            standardInput: null,
            environment: new Dictionary<string, string> { ["NO_COLOR"] = "1" },
            Cancelled);

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Contains("every span and log arrived in the right project, none twice", answer.Output, StringComparison.Ordinal);
        Assert.Matches(@"recommendations\S* +recommendations +recommendations +True", answer.Output);
        Assert.Matches(@"checkout +checkout-v2 +checkout +True", answer.Output);

        // README shows what a person sees
        var seen = KubectlTables().Match(answer.Output);
        Assert.True(seen.Success, answer.Output);
        var picture = RepositoryFiles.PathOf("artifacts/screenshots/kubectl-sentryroutes.png");
        await CaptureAsync(seen.Value.TrimEnd(), picture);
        DocumentPicture.Keep("kubectl-sentryroutes", picture, Spaces().Replace(AgesAndHashes().Replace(seen.Value, ""), " "));
    }

    private static async Task CaptureAsync(string text, string path)
    {
        await using var chromium = await Chromium.StartAsync(Cancelled);
        var lines = text.Split('\n');
        await chromium.ResizeAsync((lines.Max(static line => line.Length) * 8) + 48, (lines.Length * 20) + 40, dark: true, mobile: false);
        await chromium.EvaluateAsync<bool>($"""
            document.body.style.cssText = 'margin: 0; background: #1c2128; color: #dde3ea; padding: 20px 24px; font: 13px/20px monospace; white-space: pre',
            document.body.innerHTML = `{WebUtility.HtmlEncode(text)}`, true
            """);
        await chromium.CaptureAsync(path);
    }

    [GeneratedRegex(@"\$ kubectl [^\n]*get sentryexporters,sentryroutes\s.*?(?=\s+What each)", RegexOptions.Singleline)]
    private static partial Regex KubectlTables();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"(?<= )\d+[smh](\d+s)?(?=\s|$)|-[0-9a-f]{8}", RegexOptions.Multiline)]
    private static partial Regex AgesAndHashes();
}
