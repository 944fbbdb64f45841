using System.Net.Http.Headers;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>403 for a reason of the project's or server's settings: the signal waits, the other one flows, nobody is asked who the project is.</summary>
public sealed class SettingsRefusalTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    [Fact]
    public async Task Logs_that_the_organisation_has_not_enabled_wait_while_its_traces_pass()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.Sentry.ModesAsync(new { logsIngestion = false });
        world.Ledger.Expect(await world.LogsAsync("orders"), Fate.Queued);
        await world.SpansAsync("orders");
        await world.FlushAsync();

        await world.SettleAsync();
        Assert.Equal(1, await world.CountAsync("orders", "logs", 403));

        await world.Sentry.ModesAsync(new { logsIngestion = true });
        await world.AdvanceAsync(TimeSpan.FromSeconds(61));
        world.Ledger.Expect(world.Ledger.Items, Fate.Delivered);
        await world.SettleAsync();
    }

    [Fact]
    public async Task Logs_that_are_never_enabled_are_dropped_when_too_old_and_counted_as_forbidden()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, new GatewaySettings { Exporter = ["queue: {max_age: 3m}"] }, "orders");
        await world.SpansAsync("orders");
        await world.FlushAsync();
        await world.Sentry.ModesAsync(new { logsIngestion = false });
        world.Ledger.Expect(await world.LogsAsync("orders"), Fate.Dropped("forbidden"));
        await world.AdvanceAsync(TimeSpan.FromMinutes(4));
        await world.SpansAsync("orders");
        await world.FlushAsync();

        await world.SettleAsync();
        Assert.InRange(await world.CountAsync("orders", "logs", 403), 1, 4);
        Assert.Contains("FeatureDisabled(OurLogsIngestion)", world.Gateway.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browsers_origin_is_not_passed_on_so_Sentry_has_nothing_to_refuse()
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders");
        await world.Sentry.ApiAsync(HttpMethod.Put, $"projects/{SentryProcess.Organization}/{world["orders"].Slug}/", new { allowedDomains = new[] { "shop.example" } });
        await world.SpansAsync("orders");
        await world.FlushAsync();
        var items = world.Ledger.Add(["from-a-browser"], world["orders"], OtlpSignal.Traces);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(world.Gateway.Http, "v1/traces")) { Content = new ByteArrayContent(Requests.Traces((world["orders"].Slug, [items[0].Id]))) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        request.Headers.TryAddWithoutValidation("Origin", "https://evil.example");
        request.Headers.TryAddWithoutValidation("Referer", "https://evil.example/page");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer somebody");

        (await client.SendAsync(request, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode().Dispose();
        await world.FlushAsync();

        await world.SettleAsync();
        Assert.Equal(2, await world.CountAsync("orders", status: 200));
        Assert.All(await world.Sentry.RequestsAsync(world["orders"]), logged => Assert.Equal("x-sentry-auth", logged.Credential));
    }

    [Theory]
    [InlineData("Cors")]
    [InlineData("FeatureDisabled(OtlpTracesEndpoint)")]
    [InlineData("MissingSignature")]
    [InlineData("InvalidSignature")]
    public async Task Any_refusal_by_settings_holds_the_signal_and_is_asked_again_a_minute_later(string reason)
    {
        await using var world = await FaultWorld.WithClockAsync(sentry, "orders", "payroll");
        await world.AnswerAsync("orders", 403, body: $$"""{"code":7,"message":"event submission rejected with_reason: {{reason}}"}""", signal: "traces");
        await world.SpansAsync("orders");
        await world.LogsAsync("orders");
        await world.SpansAsync("payroll");
        await world.FlushAsync();

        await world.AdvanceAsync(TimeSpan.FromSeconds(59));
        Assert.Equal(1, await world.CountAsync("orders", "traces"));
        Assert.Equal(1, await world.CountAsync("orders", "logs", 200));
        Assert.Equal(1, await world.CountAsync("payroll", "traces", 200));
        await world.AdvanceAsync(TimeSpan.FromSeconds(2));

        await world.SettleAsync();
        Assert.Equal(2, await world.CountAsync("orders", "traces"));
    }
}
