using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Testing;

namespace SentryOtel.EndToEnd;

/// <summary>What a route's status says of its data.</summary>
[Trait("Category", "Processes")]
public sealed class TrafficTests
{
    private const int Spans = 42;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Spans_that_went_to_Sentry_are_counted_in_the_status_and_seen_by_kubectl()
    {
        // Given a ready route
        await using var installation = await Installation.StartAsync(Cancellation);
        await installation.CreateExporterAsync("busy", Cancellation);
        await installation.CreateRouteAsync("busy", "orders", Cancellation);
        await installation.WaitReadyAsync("busy", "sentryexporter/sentry", Cancellation);
        await installation.WaitReadyAsync("busy", "sentryprojectroute/orders", Cancellation);

        // When its service sends spans
        await SendAsync(await GatewayAsync(installation), Spans);

        // Then the status counts each of them as sent
        var route = await Eventually.GetAsync(
            async () => await installation.GetAsync("busy", "sentryprojectroute orders", Cancellation) is { } read && (long?)read["status"]!["traffic"]?["sent"] == Spans ? read : null,
            TimeSpan.FromSeconds(120),
            "the spans in the status",
            Cancellation);
        var traffic = route["status"]!["traffic"]!;
        Assert.Equal((Spans, 0L), ((long)traffic["accepted"]!, (long)traffic["dropped"]!));
        Assert.InRange(DateTimeOffset.Parse((string)traffic["lastSeenTime"]!, CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
        Assert.Equal("False", ConditionOf(route, "RateLimited"));
        Assert.Equal("True", ConditionOf(route, "Ready"));

        // And kubectl shows how long ago that was
        var table = (await installation.KubectlAsync(["get", "sentryroutes", "--namespace", "busy"], Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var seen = table[0].IndexOf("SEEN", StringComparison.Ordinal);
        Assert.Matches("^[0-9]+[sm]", table[1][seen..]);
    }

    private static string? ConditionOf(JsonNode route, string type) =>
        (string?)route["status"]!["conditions"]!.AsArray().Single(condition => (string?)condition!["type"] == type)!["status"];

    private static async Task<Uri> GatewayAsync(Installation installation)
    {
        var pods = await installation.GetAsync("busy", "pods", Cancellation);
        var address = pods["items"]!.AsArray().Select(static pod => (string?)pod!["status"]!["podIP"]).First(static address => address is not null);
        return new Uri($"http://{address}:4318/v1/traces");
    }

    private static async Task SendAsync(Uri gateway, int count)
    {
        var spans = Enumerable.Range(1, count).Select(static number => new JsonObject
        {
            ["traceId"] = number.ToString("x32", CultureInfo.InvariantCulture),
            ["spanId"] = number.ToString("x16", CultureInfo.InvariantCulture),
            ["name"] = "order",
            ["kind"] = 2,
            ["startTimeUnixNano"] = "1767323045000000000",
            ["endTimeUnixNano"] = "1767323046000000000",
        });
        var request = new JsonObject
        {
            ["resourceSpans"] = new JsonArray(new JsonObject
            {
                ["resource"] = new JsonObject
                {
                    ["attributes"] = new JsonArray(new JsonObject { ["key"] = "service.name", ["value"] = new JsonObject { ["stringValue"] = "orders" } }),
                },
                ["scopeSpans"] = new JsonArray(new JsonObject { ["spans"] = new JsonArray([.. spans]) }),
            }),
        };
        using var client = new HttpClient();
        using var content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await client.PostAsync(gateway, content, Cancellation);
        Assert.Equal("{}", (await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync(Cancellation)).Replace("\"partialSuccess\":{}", "", StringComparison.Ordinal));
    }
}
