using System.Globalization;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Tests.Telemetry;

public sealed class MetricsTests
{
    private static readonly string[] Projects = ["orders", "payroll", "checkout", "search"];

    [Fact]
    public async Task Every_scrape_under_load_adds_up()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: Projects);
        await gateway.UntilAsync(() => gateway.Host.NotReady is null, "readiness");
        gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = 20, Answer = new FaultAnswer { Status = 503 } });
        gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = 5, Answer = new FaultAnswer { Status = 418 } });
        var load = Projects.Select(project => LoadAsync(gateway, project)).ToArray();

        var scrapes = 0;
        while (scrapes < 100 || !Array.TrueForAll(load, task => task.IsCompleted))
        {
            (await ScrapeAsync(gateway)).AssertBalanced();
            scrapes++;
        }

        await Task.WhenAll(load);
        await gateway.UntilAsync(() => gateway.Host.Accounts.All.All(account => account.Read().Queued == 0), "the end of the queues");
        var last = await ScrapeAsync(gateway);
        Assert.Equal(Projects.Length, last.AssertBalanced());
        Assert.Equal(Projects.Length * 100 * 10, last.Sum("sentry_otel_gateway_items_accepted_total"));
        Assert.Equal(Projects.Sum(project => gateway.SpansOf(project).Count), last.Sum("sentry_otel_gateway_items_sent_total"));
        Assert.True(last.Sum("sentry_otel_gateway_items_dropped_total", ("reason", "refused")) > 0);
        Assert.True(last.Sum("sentry_otel_gateway_export_retries_total") > 0);
    }

    [Fact]
    public async Task Scrape_tells_of_bytes_attempts_throttling_and_the_process()
    {
        await using var gateway = await LiveGateway.StartAsync(projects: ["orders", "payroll"]);
        var first = Requests.Spans("orders", 1);
        await gateway.SendTracesAsync(first);
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count == 1, "the first span");
        gateway.Sentry.State.Limits.Add(new ActiveLimit
        {
            Scope = LimitScope.Project,
            ProjectId = gateway.Sentry.State.Projects.Find("orders")!.Id,
            Categories = ["span"],
            Until = TimeProvider.System.GetUtcNow().AddSeconds(600),
            Reason = "project_quota",
        });
        var request = Requests.Spans("orders", 5);
        await gateway.SendTracesAsync(request);
        await gateway.SendTracesAsync(Requests.Spans("payroll", 3));
        await gateway.SendTracesAsync(Requests.Spans(null, 2));
        await gateway.UntilAsync(
            () => gateway.SpansOf("payroll").Count == 3 && gateway.Host.Accounts.Of("sentry", OtlpSignal.Traces, "orders").Read().Attempts[(int)SendOutcomeKind.RateLimited] == 1,
            "the spans and the limit");

        var scrape = await ScrapeAsync(gateway);

        (string, string)[] orders = [("exporter", "sentry"), ("signal", "traces"), ("project", "orders")];
        (string, string)[] payroll = [("exporter", "sentry"), ("signal", "traces"), ("project", "payroll")];
        Assert.Equal(first.Length + request.Length, scrape.Sum("sentry_otel_gateway_accepted_bytes_total", orders));
        Assert.Equal(5, scrape.Sum("sentry_otel_gateway_items_queued", orders));
        Assert.True(scrape.Sum("sentry_otel_gateway_queue_bytes", orders) > 0);
        Assert.InRange(scrape.Sum("sentry_otel_gateway_throttle_remaining_seconds", [.. orders, ("reason", "rate_limited")]), 1, 601);
        Assert.Equal(1, scrape.Sum("sentry_otel_gateway_export_attempts_total", [.. orders, ("outcome", "rate_limited")]));
        Assert.Equal(1, scrape.Sum("sentry_otel_gateway_export_attempts_total", [.. payroll, ("outcome", "sent")]));
        Assert.True(scrape.Sum("sentry_otel_gateway_sent_bytes_total", payroll) > 0);
        Assert.Equal(2, scrape.Sum("sentry_otel_gateway_items_rejected_total", ("reason", "missing_attribute"), ("project", Accounts.Others)));
        Assert.True(scrape.Sum("sentry_otel_gateway_rejected_bytes_total", ("reason", "missing_attribute")) > 0);
        Assert.Equal(2, scrape.Sum("sentry_otel_gateway_export_duration_seconds_count", ("outcome", "sent")));
        Assert.True(scrape.Sum("sentry_otel_gateway_admission_limit_bytes") > scrape.Sum("sentry_otel_gateway_admission_reserved_bytes"));
        Assert.True(scrape.Sum("process_resident_memory_bytes") > 1e6);
        Assert.True(scrape.Sum("process_cpu_seconds_total") > 0);
        Assert.True(scrape.Sum("process_open_fds") > 2);
        Assert.Contains(scrape.Samples, sample => sample.Name == "dotnet_gc_collections_total");
    }

    [Fact]
    public void Projects_beyond_the_bound_share_one_series()
    {
        var accounts = new Accounts(maxProjects: 3);

        for (var i = 0; i < 10; i++)
        {
            accounts.Of("sentry", OtlpSignal.Traces, string.Create(CultureInfo.InvariantCulture, $"project-{i}")).Accept(1, 10, TimeSpan.Zero);
        }

        Assert.Equal(4, accounts.All.Count());
        Assert.Equal(7, Assert.Single(accounts.All, account => account.Project == Accounts.Others).Read().Accepted);
    }

    private static async Task LoadAsync(LiveGateway gateway, string project)
    {
        for (var i = 0; i < 100; i++)
        {
            await gateway.SendTracesAsync(Requests.Spans(project, 10, string.Create(CultureInfo.InvariantCulture, $"{project}-{i}")));
        }
    }

    private static async Task<Exposition> ScrapeAsync(LiveGateway gateway) =>
        Exposition.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken));
}
