using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Ingest;

public sealed class RejectionTests
{
    [Fact]
    public async Task A_project_in_the_path_that_is_not_the_keys_is_403()
    {
        await using var sentry = await TestSentry.StartAsync();
        await sentry.ExportAsync();

        var answer = await sentry.ExportAsync(project: "4500000000000999", contentType: "application/json");

        Assert.Equal((403, "event submission rejected with_reason: ProjectId"), (answer.Status, (string?)answer.Json["message"]));
    }

    [Theory]
    [InlineData("*", "https://shop.example", null, 200)]
    [InlineData("shop.example", "https://shop.example", null, 200)]
    [InlineData("*.example", "https://shop.example", null, 200)]
    [InlineData("https://shop.example", "http://shop.example", null, 403)]
    [InlineData("shop.example", "https://evil.example", null, 403)]
    [InlineData("shop.example", null, "https://evil.example/page", 403)]
    [InlineData("shop.example", "null", null, 200)]
    [InlineData("shop.example", null, null, 200)]
    public async Task An_origin_or_else_a_referer_must_be_allowed(string allowed, string? origin, string? referer, int status)
    {
        await using var sentry = await TestSentry.StartAsync();
        sentry.State.Projects.Update(sentry.Orders.Id, project => project with { AllowedDomains = [allowed] });
        await sentry.ExportAsync();

        var answer = await sentry.ExportAsync(contentType: "application/json", body: "{}"u8.ToArray(), change: request =>
        {
            request.Headers.TryAddWithoutValidation("Origin", origin is null ? [] : [origin]);
            request.Headers.TryAddWithoutValidation("Referer", referer is null ? [] : [referer]);
        });

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 403, answer.Text.Contains("with_reason: Cors", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_the_logs_feature_logs_are_403_and_traces_pass()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { LogsIngestion = false });
        await sentry.ExportAsync();

        var logs = await sentry.ExportAsync(Signal.Logs, contentType: "application/json");

        Assert.Equal((403, "event submission rejected with_reason: FeatureDisabled(OurLogsIngestion)"), (logs.Status, (string?)logs.Json["message"]));
        Assert.Equal(200, (await sentry.ExportAsync()).Status);
    }

    [Fact]
    public async Task A_full_buffer_is_503_without_Retry_After()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { BufferFull = true });

        var answer = await sentry.ExportAsync(contentType: "application/json");

        Assert.Equal((503, 14), (answer.Status, (int)answer.Json["code"]!));
        Assert.Null(answer.Message.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("v1/traces/", 200)]
    [InlineData("v1/metrics", 404)]
    [InlineData("v1/traces/more", 404)]
    public async Task Only_traces_and_logs_are_served_with_and_without_a_slash(string path, int status)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ExportAsync(change: request => request.RequestUri = new Uri($"{sentry.Host.IngestUrl}api/{sentry.Orders.Id}/integration/otlp/{path}"));

        Assert.Equal(status, answer.Status);
    }

    [Fact]
    public async Task A_server_without_the_routes_is_404()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { OtlpRoutes = false });

        Assert.Equal(404, (await sentry.ExportAsync()).Status);
    }
}
