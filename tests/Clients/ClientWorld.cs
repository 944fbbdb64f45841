using System.Text.Json.Nodes;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Testing;

namespace SentryOtel.Clients;

/// <summary>The gateway's program before a stand-in Sentry in a process of its own, and what arrived there.</summary>
internal sealed class ClientWorld : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly HttpClient _http = new();

    private ClientWorld(StandIn sentry, GatewayProcess gateway)
    {
        Sentry = sentry;
        Gateway = gateway;
    }

    public StandIn Sentry { get; }

    public GatewayProcess Gateway { get; }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static async Task<ClientWorld> StartAsync(SentryProcess sentry, GatewaySettings? settings = null)
    {
        var world = new ClientWorld(sentry.StandIn, await GatewayProcess.StartAsync(settings ?? new GatewaySettings(), sentry.StandIn));
        await UntilAsync(async () => await world.Gateway.NotReadyAsync() is null, "readiness");
        return world;
    }

    /// <summary>Waits for a state that real processes reach in their own time.</summary>
    public static Task UntilAsync(Func<Task<bool>> condition, string what) => Eventually.HoldsAsync(condition, Patience, what, Cancelled);

    /// <summary>The gateway's books now. They must balance whenever one looks.</summary>
    public async Task<Books> BooksAsync() => (await ScrapeAsync()).Books;

    /// <summary>The books, and the text of the scrape that they are from.</summary>
    public async Task<(string Text, Books Books)> ScrapeAsync()
    {
        var text = await _http.GetStringAsync(new Uri(Gateway.Metrics, "metrics"), Cancelled);
        var books = Books.Parse(text);
        Assert.True(books.IsBalanced, "accepted = sent + dropped + queued");
        return (text, books);
    }

    /// <summary>Waits until nothing is on its way any more.</summary>
    public Task SettleAsync() => UntilAsync(async () => (await BooksAsync()).Sum("items_queued") == 0, "empty queues");

    /// <summary>What one project received: span ids (trace and span, hex) and log bodies, sorted.</summary>
    public async Task<(IReadOnlyList<string> Spans, IReadOnlyList<string> Logs)> ReceivedAsync(SentryProject project)
    {
        var answer = JsonNode.Parse(await Sentry.ControlAsync(HttpMethod.Get, $"received?project={project.Slug}"))!;
        Assert.Equal(0, (int)answer["forgotten"]!);
        var received = answer["projects"]!.AsArray().SingleOrDefault();
        Assert.Empty(received?["dropped"]?.AsArray() ?? []);
        return (
            [.. (received?["spans"]?.AsArray() ?? []).Select(span => $"{(string)span!["traceId"]!}/{(string)span["spanId"]!}").Order(StringComparer.Ordinal)],
            [.. (received?["logs"]?.AsArray() ?? []).Select(log => (string)log!["body"]!).Order(StringComparer.Ordinal)]);
    }

    /// <summary>Asserts that a project received exactly what was made, each once.</summary>
    public async Task AssertReceivedAsync(SentryProject project, IEnumerable<string> spans, IEnumerable<string> logs)
    {
        var received = await ReceivedAsync(project);
        Assert.Equal(spans.Order(StringComparer.Ordinal), received.Spans);
        Assert.Equal(logs.Order(StringComparer.Ordinal), received.Logs);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Gateway.DisposeAsync();
        await Sentry.ResetAsync();
    }
}
