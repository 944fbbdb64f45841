using System.Text.Json;
using SentryOtel.Clients.JavaScript;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Gateway.Tests.Page;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Clients.Browser;

/// <summary>OpenTelemetry JS in a page, in a real browser that keeps to CORS: the page's origin is not the gateway's, and JSON is sent only after a preflight.</summary>
public sealed class BrowserTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_span_and_log_record_of_a_page_arrives_once_in_its_project()
    {
        await using var page = await PageServer.StartAsync(Cancelled);
        await using var world = await ClientWorld.StartAsync(sentry, Allowing(page.Origin));
        var shop = await sentry.StandIn.NewProjectAsync("shop");
        await using var chromium = await OpenAsync(page);

        var report = await SendAsync(chromium, world, shop, spans: 120, logs: 80);

        Assert.All(report.HandedOver, handed => Assert.True(handed.Ok, handed.Error));
        Assert.Equal(200, report.HandedOver.Sum(handed => handed.Items));
        await world.SettleAsync();
        await world.AssertReceivedAsync(shop, report.SpanIds, report.Made.Logs);
        Assert.Empty(report.Diagnostics);
        Assert.Empty(chromium.Errors);
    }

    [Fact]
    public async Task Page_of_another_origin_is_stopped_by_its_browser_before_it_sends_anything()
    {
        await using var page = await PageServer.StartAsync(Cancelled);
        await using var world = await ClientWorld.StartAsync(sentry, Allowing("https://shop.example"));
        var shop = await sentry.StandIn.NewProjectAsync("shop");
        await using var chromium = await OpenAsync(page);

        var report = await SendAsync(chromium, world, shop, spans: 5, logs: 5);

        Assert.NotEmpty(report.HandedOver);
        Assert.All(report.HandedOver, handed => Assert.False(handed.Ok));
        Assert.Contains(chromium.Errors, error => error.Contains("CORS policy", StringComparison.Ordinal));
        Assert.Equal(0, (await world.BooksAsync()).Sum("requests_total"));
        await world.AssertReceivedAsync(shop, [], []);
    }

    [Fact]
    public async Task Full_gateway_makes_the_page_wait_and_send_again_and_nothing_is_lost()
    {
        // Pages may read Retry-After only where the answer says so.
        await using var page = await PageServer.StartAsync(Cancelled);
        var shop = await sentry.StandIn.NewProjectAsync("shop");
        await using var world = await ClientWorld.StartAsync(
            sentry, Allowing(page.Origin) with { Exporter = ["queue: {max_bytes_per_project: 6KiB}", "http: {compression: none}"] });
        var down = await sentry.StandIn.FaultAsync(new Fault { Path = shop.Ingest, Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
        await using var chromium = await OpenAsync(page);

        var sending = SendAsync(chromium, world, shop, spans: 150, logs: 0);
        await ClientWorld.UntilAsync(async () => sending.IsCompleted || (await world.BooksAsync()).Sum("requests_total", ("outcome", "full")) > 0, "a request that is told to come back");
        await sentry.StandIn.RemoveFaultAsync(down);
        var report = await sending;

        Assert.All(report.HandedOver, handed => Assert.True(handed.Ok, handed.Error));
        Assert.Contains(report.Diagnostics, text => text.Contains("429", StringComparison.Ordinal));
        await world.SettleAsync();
        await world.AssertReceivedAsync(shop, report.SpanIds, []);
    }

    private static GatewaySettings Allowing(string origin) => new() { HttpReceiver = $"cors: {{allowed_origins: [\"{origin}\"], exposed_headers: [Retry-After]}}" };

    private static async Task<Chromium> OpenAsync(PageServer page)
    {
        var chromium = await Chromium.StartAsync(Cancelled);
        try
        {
            await chromium.OpenAsync(page.Address);
            await chromium.UntilAsync("typeof window.send === 'function'", Cancelled);
            return chromium;
        }
        catch (TimeoutException exception)
        {
            var errors = string.Join('\n', chromium.Errors);
            await chromium.DisposeAsync();
            throw new InvalidOperationException($"The page did not come up: {errors}", exception);
        }
    }

    private static async Task<NodeReport> SendAsync(Chromium chromium, ClientWorld world, SentryProject project, int spans, int logs)
    {
        var options = JsonSerializer.Serialize(new { endpoint = world.Gateway.Http, service = project.Slug, spans, logs, batch = 50, timeoutMillis = 45_000 });
        return JsonSerializer.Deserialize<NodeReport>(await chromium.EvaluateAsync<string>($"send({options})"), Json)!;
    }
}
