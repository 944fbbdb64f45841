using System.Text;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Ingest;

public sealed class IngestAuthTests
{
    /// <summary>KEY stands for the key of "orders", BASIC for it and a password in base64; null for no such header or query.</summary>
    public static TheoryData<string?, string?, string?, int, string?> Forms => new()
    {
        { "Sentry sentry_key=KEY", null, null, 200, null },
        { "sentry sentry_version=7, sentry_client=gateway/1.0 , sentry_key=KEY", null, null, 200, null },
        { "Sentry sentry_key=KEY.no-cache, sentry_unknown=1", null, null, 200, null },
        { null, "Sentry sentry_key=KEY", null, 200, null },
        { null, "Basic BASIC", null, 200, null },
        { null, null, "?sentry_key=KEY", 200, null },
        { "Sentry sentry_key=KEY", "Bearer sntryi_elsewhere", null, 200, null },
        { null, null, null, 401, "missing authorization information" },
        { null, "Bearer sntryi_elsewhere", null, 401, "missing authorization information" },
        { "Sentry sentry_key=KEY", null, "?sentry_key=KEY", 401, "multiple authorization payloads detected" },
        { "Sentry sentry_key=KEY", "Basic BASIC", null, 401, "multiple authorization payloads detected" },
        { "Token KEY", null, null, 401, "bad x-sentry-auth header" },
        { "Sentry sentry_client=gateway/1.0", null, null, 401, "bad x-sentry-auth header" },
        { null, "Basic S0VZ", null, 401, "bad x-sentry-auth header" },
        { "Sentry sentry_key=nonsense", null, null, 400, "bad sentry DSN public key" },
        { "Sentry sentry_version=8, sentry_key=KEY", null, null, 400, "unsupported protocol version (8)" },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task A_request_needs_exactly_one_readable_key(string? header, string? authorization, string? query, int status, string? message)
    {
        await using var sentry = await TestSentry.StartAsync();
        string Fill(string text) => text
            .Replace("KEY", sentry.OrdersKey, StringComparison.Ordinal)
            .Replace("BASIC", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{sentry.OrdersKey}:")), StringComparison.Ordinal);

        var answer = await sentry.ExportAsync(contentType: "application/json", body: "{}"u8.ToArray(), change: request =>
        {
            request.Headers.Remove("X-Sentry-Auth");
            request.RequestUri = new Uri(request.RequestUri + Fill(query ?? ""));
            if (header is not null)
            {
                request.Headers.TryAddWithoutValidation("X-Sentry-Auth", Fill(header));
            }

            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", Fill(authorization));
            }
        });

        Assert.Equal(status, answer.Status);
        Assert.Equal(message, (string?)answer.Json["message"]);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("orders")]
    [InlineData("99999999999999999999")]
    public async Task A_project_in_the_path_that_is_not_a_positive_number_is_400(string project)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ExportAsync(project: project, contentType: "application/json");

        Assert.Equal(400, answer.Status);
        Assert.Equal("bad project path parameter", (string?)answer.Json["message"]);
    }

    [Fact]
    public async Task No_key_reaches_the_request_log()
    {
        await using var sentry = await TestSentry.StartAsync();

        await sentry.ExportAsync(change: request =>
        {
            request.Headers.Remove("X-Sentry-Auth");
            request.RequestUri = new Uri($"{request.RequestUri}?sentry_key={sentry.OrdersKey}");
        });

        var log = await sentry.ControlAsync("GET", "requests");
        Assert.Equal("query", (string?)log.Json["requests"]![0]!["credential"]);
        Assert.DoesNotContain(sentry.OrdersKey, log.Text, StringComparison.Ordinal);
    }
}
