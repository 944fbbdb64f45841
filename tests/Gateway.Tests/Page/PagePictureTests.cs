using System.Text.RegularExpressions;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Page;

/// <summary>
/// The picture of the page in docs/images shows the page as it is: beside it is the text that was on it, and that is on it still. With UPDATE_EXPECTED=true both are made anew.
/// </summary>
[Trait("Category", "Processes")]
public sealed partial class PagePictureTests
{
    private const string Picture = "docs/images/live-page.png";
    private const string Text = "docs/images/live-page.txt";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Picture_shows_what_the_page_says_today()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: ["checkout", "orders", "search"]);
        await gateway.UntilAsync(() => gateway.Host.NotReady is null, "readiness");
        await gateway.SendTracesAsync(Requests.Traces(("checkout", ["first"]), ("orders", ["first"]), ("search", ["first"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 1, "the first span");
        gateway.Sentry.State.Limits.Add(new ActiveLimit
        {
            Scope = LimitScope.Project,
            ProjectId = gateway.Sentry.State.Projects.Find("orders")!.Id,
            Categories = ["span"],
            Until = TimeProvider.System.GetUtcNow().AddSeconds(600),
            Reason = "project_quota",
        });
        using var done = new CancellationTokenSource();
        var load = LoadAsync(gateway, done.Token);
        await using var chromium = await Chromium.StartAsync(Cancelled);
        await chromium.ResizeAsync(1280, 560, dark: false, mobile: false);

        await chromium.OpenAsync(gateway.Host.MetricsAddress!);
        await chromium.UntilAsync("document.getElementById('attention').innerText.includes('Sentry limits orders')", Cancelled);
        // Throughput is a line once there are a few readings.
        await chromium.UntilAsync("[...document.querySelectorAll('#rows path')].some(path => (path.getAttribute('d') || '').split('L').length > 6)", Cancelled);
        var shown = Settled(await chromium.EvaluateAsync<string>("""
            [...document.querySelectorAll('.tile small:first-child, h1, h2, thead th, #attention li, footer')].map(part => part.innerText.replace(/\s+/g, ' ')).join('\n')
            """));
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "true")
        {
            await chromium.CaptureAsync(RepositoryFiles.PathOf(Picture));
            await File.WriteAllTextAsync(RepositoryFiles.PathOf(Text), shown, Cancelled);
        }

        await done.CancelAsync();
        await load;
        Assert.Equal(await File.ReadAllTextAsync(RepositoryFiles.PathOf(Text), Cancelled), shown);
        Assert.True(File.Exists(RepositoryFiles.PathOf(Picture)));
    }

    // Times and amounts differ from run to run.
    private static string Settled(string text) => Number().Replace(text, "N") + "\n";

    private static async Task LoadAsync(LiveGateway gateway, CancellationToken done)
    {
        for (var i = 1; !done.IsCancellationRequested; i++)
        {
            await gateway.SendTracesAsync(Requests.Traces(
                ("checkout", [.. Enumerable.Range(0, 20 + (i * 7 % 50)).Select(static number => $"c{number}")]), ("orders", ["a", "b"]), ("search", ["e", "f", "g"])));
            await gateway.SendLogsAsync(Requests.Logs("search", "one", "two"));
            await Task.Delay(100, CancellationToken.None);
        }
    }

    [GeneratedRegex("[0-9]+(?:[.,:][0-9]+)*")]
    private static partial Regex Number();
}
