using System.Text.Json.Nodes;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>What the management API answers.</summary>
internal sealed record ApiAnswer(int Status, JsonNode? Body = null)
{
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static ApiAnswer NotFound { get; } = Of(Refusal.Missing);

    public static ApiAnswer Ok(JsonNode body) => new(200, body);

    public static ApiAnswer Detail(int status, string detail) => new(status, new JsonObject { ["detail"] = detail });

    public static ApiAnswer Field(string field, string message) => new(400, new JsonObject { [field] = new JsonArray(message) });

    public static ApiAnswer Of(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.NotFound => Detail(404, refusal.Message),
        RefusalKind.Conflict => Detail(409, refusal.Message),
        RefusalKind.Forbidden => Detail(403, refusal.Message),
        _ => Field(refusal.Field ?? "non_field_errors", refusal.Message),
    };
}
