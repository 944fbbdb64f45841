using System.Net;
using System.Net.Http.Headers;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The program, and one request of many fates: each item is told of and counted as what became of it, and of no other.</summary>
public sealed class FatesTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_part_of_a_request_is_booked_by_its_own_fate()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings(), "sent", "waiting", "refused");
        await world.AnswerAsync("waiting", 503, count: null);
        await world.AnswerAsync("refused", 415, count: null);
        world.Unknown("nobody");
        var parts = new[] { ("sent", 4, Fate.Delivered), ("waiting", 3, Fate.Queued), ("refused", 2, Fate.Dropped("refused")), ("nobody", 6, Fate.Dropped("no_project")) };

        var answer = await SendAsync(world, [.. parts.Select(part => Part(world, part.Item1, part.Item2, part.Item3)), (null, ["lost-1", "lost-2", "lost-3"])]);

        // A service without a name is refused at once; one without a project waits until it is sure that there is none.
        Assert.Equal(3, answer.PartialSuccess.RejectedSpans);
        Assert.Contains("service.name is missing", answer.PartialSuccess.ErrorMessage, StringComparison.Ordinal);
        await world.SettleAsync();
        var books = await world.BooksAsync();
        Assert.Equal(3, books.Sum("items_rejected_total", ("reason", "missing_attribute")));
        Assert.Equal(15, books.Sum("items_accepted_total"));
        Assert.NotNull(await world.TrySpansAsync("nobody", 6));
        Assert.Equal(6, (await world.BooksAsync()).Sum("items_rejected_total", ("reason", "no_project")));
    }

    [Theory]
    [InlineData("auth")]
    [InlineData("Orders.Service")]
    [InlineData("../projects")]
    public async Task A_value_that_is_no_slug_is_refused_by_name_and_asks_nobody(string value)
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings { Exporter = ["auto_create_projects: true"] });
        world.Unknown("odd", value);
        var before = await CallsAsync(world);

        Assert.NotNull(await world.TrySpansAsync("odd", 3));

        Assert.Equal(3, (await world.BooksAsync()).Sum("items_rejected_total", ("reason", "unroutable_value")));
        Assert.Equal(before, await CallsAsync(world));
        await world.SettleAsync();
    }

    [Fact]
    public async Task The_number_of_somebody_elses_project_is_not_its_name()
    {
        await using var world = await FaultWorld.WithProgramAsync(sentry, new GatewaySettings(), "payroll");
        world.Unknown("number", world["payroll"].Id);

        Assert.NotNull(await world.TrySpansAsync("number", 3));

        await world.SettleAsync();
        Assert.Equal(0, await world.CountAsync("payroll"));
    }

    [Fact]
    public async Task Odd_and_missing_names_have_a_project_where_that_is_configured()
    {
        await using var world = await FaultWorld.WithProgramAsync(
            sentry,
            new GatewaySettings { Exporter = ["auto_create_projects: true", "projects: {team: platform}", "routing: {slug_policy: normalize, on_missing_attribute: fallback, fallback_project: rest}"] });
        var slug = StandIn.NewSlug("orders-service");
        world.Unknown("normal", slug);
        world.Unknown("rest", "rest");
        var odd = slug.Replace("orders-service", "OrdersService", StringComparison.Ordinal);
        var named = world.Ledger.Add([$"{odd}/1", $"{odd}/2"], world["normal"], OtlpSignal.Traces);
        var nameless = world.Ledger.Add([$"{slug}/nameless"], world["rest"], OtlpSignal.Traces);

        var answer = await SendAsync(world, [(odd, [.. named.Select(item => item.Id)]), (null, [.. nameless.Select(item => item.Id)])]);

        Assert.Null(answer.PartialSuccess);
        await world.SettleAsync();
    }

    private static async Task<int> CallsAsync(FaultWorld world) => (await world.Sentry.ApiCallsAsync("/api/0/")).Count(call => call.UserAgent.Length > 0 && call.Path.Contains("/projects/", StringComparison.Ordinal));

    private static (string? Service, string[] Spans) Part(FaultWorld world, string name, int count, Fate fate)
    {
        var items = world.Ledger.Add([.. Enumerable.Range(0, count).Select(i => $"{world[name].Slug}/part/{i}")], world[name], OtlpSignal.Traces);
        world.Ledger.Expect(items, fate);
        return (world[name].Slug, [.. items.Select(item => item.Id)]);
    }

    private static async Task<ExportTraceServiceResponse> SendAsync(FaultWorld world, (string? Service, string[] Spans)[] parts)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(Requests.Traces(parts));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await client.PostAsync(new Uri(world.Gateway.Http, "v1/traces"), content, Cancelled);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return ExportTraceServiceResponse.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(Cancelled));
    }
}
