using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>Parses a body in either format; null when it is not what it says.</summary>
internal static class OtlpBodies
{
    private static readonly JsonParser Json = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    public static T? TryParse<T>(MessageParser<T> parser, OtlpFormat format, byte[] body)
        where T : class, IMessage<T>, new()
    {
        try
        {
            return format == OtlpFormat.Protobuf ? parser.ParseFrom(body) : FromJson<T>(body);
        }
        catch (Exception exception) when (exception is InvalidProtocolBufferException or InvalidJsonException or JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static T FromJson<T>(byte[] body)
        where T : class, IMessage<T>, new()
    {
        var root = JsonNode.Parse(body) as JsonObject ?? throw new JsonException("An OTLP body is a JSON object.");
        IdsToBase64(root);
        return Json.Parse<T>(root.ToJsonString());
    }

    /// <summary>OTLP writes ids in hexadecimal where protobuf's own JSON has base64.</summary>
    private static void IdsToBase64(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields.ToList())
                {
                    if (name is "traceId" or "spanId" or "parentSpanId" && value?.GetValueKind() == JsonValueKind.String)
                    {
                        fields[name] = Convert.ToBase64String(Convert.FromHexString(value.GetValue<string>()));
                    }
                    else
                    {
                        IdsToBase64(value);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    IdsToBase64(item);
                }

                break;
        }
    }
}
