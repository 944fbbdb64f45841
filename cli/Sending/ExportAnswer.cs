using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentryOtel.Cli.Sending;

/// <summary>Reads answers of OTLP over HTTP in JSON.</summary>
internal static class ExportAnswer
{
    /// <summary>Of a status 200: whether the item was taken (OTLP specification 1.11, "Partial Success").</summary>
    public static SendAnswer OfSuccess(ReadOnlySpan<byte> body)
    {
        var partial = Parse(body)?["partialSuccess"];
        var rejected = (partial?["rejectedSpans"] ?? partial?["rejectedLogRecords"])?.ToString();
        return rejected is null or "0" ? SendAnswer.Taken : new SendAnswer($"the gateway took the request and rejected what is in it: {partial!["errorMessage"]}");
    }

    /// <summary>Of another status: the gateway's words.</summary>
    public static SendAnswer OfFailure(int status, string text)
    {
        var words = Parse(System.Text.Encoding.UTF8.GetBytes(text))?["message"]?.ToString() ?? text;
        return new SendAnswer(
            string.Create(CultureInfo.InvariantCulture, $"status {status}: {words}"),
            status switch
            {
                401 => "The gateway wants a bearer token: --bearer-token-file, together with --endpoint.",
                404 => "The gateway does not take this signal here: is the port that of OTLP over HTTP (4318)?",
                429 => "Its queues are full: 'kubectl sentry-otel trace' says which project waits, and why.",
                503 => "It is not ready: 'kubectl sentry-otel status'.",
                _ => null,
            });
    }

    private static JsonNode? Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            return json.IsEmpty ? null : JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            // A proxy's page, or plain text: told as it is.
            return null;
        }
    }
}
