using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>Export requests as an SDK sends them in JSON.</summary>
internal static class OtlpJson
{
    /// <param name="service">Null for a resource without service.name.</param>
    /// <param name="count">Spans.</param>
    /// <param name="attribute">Text that each span carries along, for its size.</param>
    public static JsonObject Spans(string? service, int count, string attribute = "") => new()
    {
        ["resourceSpans"] = new JsonArray(new JsonObject
        {
            ["resource"] = new JsonObject { ["attributes"] = service is null ? [] : new JsonArray(Attribute("service.name", service)) },
            ["scopeSpans"] = new JsonArray(new JsonObject
            {
                ["spans"] = new JsonArray([.. Enumerable.Range(0, count).Select(_ => new JsonObject
                {
                    ["traceId"] = Id(16),
                    ["spanId"] = Id(8),
                    ["name"] = "request",
                    ["kind"] = 2,
                    ["startTimeUnixNano"] = Nanoseconds(0),
                    ["endTimeUnixNano"] = Nanoseconds(1),
                    ["attributes"] = new JsonArray(Attribute("text", attribute)),
                })]),
            }),
        }),
    };

    private static JsonObject Attribute(string key, string value) => new() { ["key"] = key, ["value"] = new JsonObject { ["stringValue"] = value } };

    private static string Id(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));

    private static string Nanoseconds(int seconds) => ((1_767_323_045L + seconds) * 1_000_000_000).ToString(CultureInfo.InvariantCulture);
}
