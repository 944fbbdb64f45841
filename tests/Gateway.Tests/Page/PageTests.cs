using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Page;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Kubernetes.Health;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Page;

/// <summary>The page in a real browser.</summary>
[Trait("Category", "Processes")]
public sealed class PageTests
{
    private const string EvilService = "<img src=x onerror=alert(1)>";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_shows_what_is_wrong_and_what_to_do()
    {
        await using var gateway = await LiveGateway.StartAsync(
            $"routing: {{attribute_to_project_mapping: {{'{EvilService}': checkout}}}}", projects: ["orders", "payroll", "checkout", "search"]);
        await ArrangeTroubleAsync(gateway);
        using var done = new CancellationTokenSource();
        var load = LoadAsync(gateway, done.Token);
        await using var chromium = await Chromium.StartAsync(Cancelled);
        await chromium.ResizeAsync(1280, 800, dark: false, mobile: false);

        await chromium.OpenAsync(gateway.Host.MetricsAddress!);
        await chromium.UntilAsync("document.querySelectorAll('#rows tr').length >= 4", Cancelled);
        await chromium.UntilAsync("[...document.querySelectorAll('#rows path')].some(path => (path.getAttribute('d') || '').split('L').length > 3)", Cancelled);

        var rows = await RowsAsync(chromium);
        Assert.Contains("retrying", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("payroll", rows[0], StringComparison.Ordinal);
        Assert.Contains("503 the ingest is <b>overloaded</b>", rows[0], StringComparison.Ordinal);
        Assert.StartsWith("orders", rows[1], StringComparison.Ordinal);
        Assert.Contains("rate limited", rows[1], StringComparison.Ordinal);
        Assert.Contains("429 Sentry dropped data due to a quota", rows[1], StringComparison.Ordinal);
        Assert.Contains("span · project · project_quota", rows[1], StringComparison.Ordinal);
        Assert.Matches("[0-9]+ min [0-9]+ s", rows[1]);
        Assert.Contains(rows[2..], row => row.StartsWith("checkout", StringComparison.Ordinal) && row.Contains(EvilService, StringComparison.Ordinal));
        var attention = await chromium.EvaluateAsync<string>("document.getElementById('attention').innerText");
        Assert.Contains("Sentry limits orders", attention, StringComparison.Ordinal);
        Assert.Contains("Sending fails for payroll", attention, StringComparison.Ordinal);
        Assert.Contains("set OTEL_SERVICE_NAME", attention, StringComparison.Ordinal);
        Assert.Equal("ready", await chromium.EvaluateAsync<string>("document.getElementById('ready').textContent"));
        Assert.False(await chromium.EvaluateAsync<bool>("document.querySelector('main img') !== null"));
        await chromium.CaptureAsync(RepositoryFiles.PathOf("artifacts/screenshots/gateway-page.png"));

        await chromium.TypeAsync("/pay");
        Assert.Equal("payroll", Assert.Single(await RowsAsync(chromium))[..7]);
        await chromium.EvaluateAsync<bool>("document.getElementById('filter').value = '', document.getElementById('problems').click(), true");
        Assert.Equal(2, (await RowsAsync(chromium)).Length);
        await chromium.EvaluateAsync<bool>("document.getElementById('problems').click(), true");

        await chromium.ResizeAsync(390, 800, dark: true, mobile: true);
        Assert.True(await chromium.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth"), "the page is wider than a phone");
        await chromium.CaptureAsync(RepositoryFiles.PathOf("artifacts/screenshots/gateway-page-phone.png"));

        Assert.Empty(chromium.Errors);
        Assert.All(chromium.Requests, request => Assert.StartsWith(gateway.Host.MetricsAddress!.AbsoluteUri, request.StartsWith("data:", StringComparison.Ordinal) ? gateway.Host.MetricsAddress.AbsoluteUri : request, StringComparison.Ordinal));
        var document = await chromium.EvaluateAsync<string>("document.documentElement.outerHTML");
        var routes = await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/routes"), Cancelled);
        Assert.All(gateway.Sentry.State.Keys.All(), key => Assert.DoesNotContain(key.Public, document + routes, StringComparison.Ordinal));
        await done.CancelAsync();
        await load;
    }

    [Fact]
    public async Task Page_names_services_that_make_one_slug()
    {
        await using var gateway = await LiveGateway.StartAsync("routing: {slug_policy: normalize}\n    auto_create_projects: true");
        await gateway.SendTracesAsync(Requests.Traces(("OrdersService", ["a"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders-service").Count == 1, "the first");
        await gateway.SendTracesAsync(Requests.Traces(("orders.service", ["b"])));
        await using var chromium = await Chromium.StartAsync(Cancelled);

        await chromium.OpenAsync(gateway.Host.MetricsAddress!);
        await chromium.UntilAsync("document.getElementById('attention').innerText.includes('make one slug')", Cancelled);

        var attention = await chromium.EvaluateAsync<string>("document.getElementById('attention').innerText");
        Assert.Contains("Services orders.service and OrdersService make one slug", attention, StringComparison.Ordinal);
        Assert.Contains("attribute_to_project_mapping", attention, StringComparison.Ordinal);
        Assert.Empty(chromium.Errors);
    }

    [Fact]
    public async Task Policy_keeps_foreign_scripts_and_connections_out()
    {
        await using var gateway = await LiveGateway.StartAsync();
        await using var chromium = await Chromium.StartAsync(Cancelled);
        await chromium.OpenAsync(gateway.Host.MetricsAddress!);
        await chromium.UntilAsync("document.getElementById('ready')?.textContent === 'ready'", Cancelled);

        var blocked = await chromium.EvaluateAsync<string>("""
            new Promise(resolve => {
              const seen = [];
              document.addEventListener('securitypolicyviolation', event => { seen.push(event.effectiveDirective); if (seen.length === 2) resolve(seen.sort().join()); });
              const script = document.createElement('script');
              script.textContent = 'window.intruder = true';
              document.body.append(script);
              fetch('http://127.0.0.2:9/').catch(() => {});
            })
            """);

        Assert.Equal("connect-src,script-src-elem", blocked);
        Assert.False(await chromium.EvaluateAsync<bool>("window.intruder === true"));
    }

    [Fact]
    public async Task Page_holds_two_thousand_projects()
    {
        var document = ManyRoutes(2000);
        await using var server = new HealthServer(
            "page",
            new IPEndPoint(IPAddress.Loopback, 0),
            endpoints =>
            {
                endpoints.MapMethods("/", [HttpMethods.Get], (RequestDelegate)LivePage.Load().AnswerAsync);
                endpoints.MapMethods("/routes", [HttpMethods.Get], (RequestDelegate)(context => context.Response.WriteAsync(document, context.RequestAborted)));
            },
            NullLoggerFactory.Instance);
        await server.StartAsync(Cancelled);
        await using var chromium = await Chromium.StartAsync(Cancelled);

        await chromium.OpenAsync(server.Address!);
        await chromium.UntilAsync("document.querySelectorAll('#rows tr').length === 200", Cancelled);

        Assert.Equal("2000 queues, 10 with problems", await chromium.EvaluateAsync<string>("document.getElementById('count').textContent"));
        Assert.All((await RowsAsync(chromium))[..10], row => Assert.Contains("rejected", row, StringComparison.Ordinal));
        await chromium.EvaluateAsync<bool>("document.getElementById('more').click(), true");
        Assert.Equal(400, (await RowsAsync(chromium)).Length);
        await chromium.TypeAsync("/project-1777");
        Assert.StartsWith("project-1777", Assert.Single(await RowsAsync(chromium)), StringComparison.Ordinal);
        Assert.Empty(chromium.Errors);
    }

    private static async Task<string[]> RowsAsync(Chromium chromium) =>
        (await chromium.EvaluateAsync<string>("""[...document.querySelectorAll('#rows tr')].map(row => row.innerText.replace(/\s+/g, ' ')).join('\n')""")).Split('\n');

    private static async Task ArrangeTroubleAsync(LiveGateway gateway)
    {
        await gateway.UntilAsync(() => gateway.Host.NotReady is null, "readiness");
        await gateway.SendTracesAsync(Requests.Traces(("orders", ["first"]), ("payroll", ["first"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 1 && gateway.SpansOf("payroll").Count == 1, "the first spans");
        gateway.Sentry.State.Limits.Add(new ActiveLimit
        {
            Scope = LimitScope.Project,
            ProjectId = gateway.Sentry.State.Projects.Find("orders")!.Id,
            Categories = ["span"],
            Until = TimeProvider.System.GetUtcNow().AddSeconds(600),
            Reason = "project_quota",
        });
        gateway.Sentry.Faults.Enqueue(new Fault
        {
            Path = string.Create(CultureInfo.InvariantCulture, $"/api/{gateway.Sentry.State.Projects.Find("payroll")!.Id}/**"),
            Side = ServerSide.Ingest,
            Count = 100_000,
            Answer = new FaultAnswer { Status = 503, ContentType = "text/plain", Body = "the ingest is <b>overloaded</b>" },
        });
    }

    private static async Task LoadAsync(LiveGateway gateway, CancellationToken done)
    {
        for (var i = 1; !done.IsCancellationRequested; i++)
        {
            await gateway.SendTracesAsync(Requests.Traces(
                ("orders", ["a", "b"]), ("payroll", ["c"]), (EvilService, [.. Enumerable.Range(0, 20 + (i * 7 % 50)).Select(number => $"d{number}")]), ("search", ["e", "f", "g"]), (null, ["h"])));
            await gateway.SendLogsAsync(Requests.Logs("search", "one", "two"));
            await Task.Delay(100, CancellationToken.None);
        }
    }

    private static string ManyRoutes(int count)
    {
        var routes = Enumerable.Range(0, count).Select(i => $$"""
            {"queue":"project-{{i}}","project":"project-{{i}}","signal":"traces","services":["service-{{i}}"],"serviceCount":1,"state":"{{(i % 200 == 0 ? "project_rejected" : "ok")}}",
             "queuedItems":{{i}},"queuedBytes":{{i * 100}},"inFlight":0,"heldForSeconds":0,"accepted":{{i}},"sent":{{i}},"dropped":{},"retries":0}
            """);
        return $$"""
            {"version":"1","at":"2026-01-01T00:00:00Z","memory":{"reservedBytes":1,"limitBytes":2,"residentBytes":3},"rejected":[],
             "exporters":[{"exporter":"sentry","parkedServices":0,"parkedBytes":0,"parked":[],"rejected":[],"refused":[],"routes":[{{string.Join(',', routes)}}]}]}
            """;
    }
}
