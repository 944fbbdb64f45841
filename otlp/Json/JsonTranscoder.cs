using System.Text.Json;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Json;

/// <summary>
/// Walks a JSON document by a schema and writes protobuf. An error is what the value that the reader then stands on must be; where that is, is for the
/// caller to find out.
/// </summary>
/// <remarks>
/// A key that comes twice means what a field that comes twice means in protobuf: of plain values the last one counts, objects are merged, arrays
/// are joined.
/// </remarks>
internal static class JsonTranscoder
{
    /// <summary>Deepest nesting of messages that protobuf decoders take, Sentry's among them: a deeper one would cost a batch, not a request.</summary>
    public const int MaxMessageDepth = 100;

    /// <summary>Writes the fields of the object that the reader stands on; ends on its last token.</summary>
    public static string? Message(ref Utf8JsonReader reader, JsonMessage message, ref ProtobufOutput output, int depth = 0)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return "must be an object";
        }

        if (depth > MaxMessageDepth)
        {
            return $"must not be nested deeper than {MaxMessageDepth} messages";
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var field = Find(ref reader, message);
            reader.Read();
            var error = field is null || reader.TokenType == JsonTokenType.Null ? Ignore(ref reader) : Field(ref reader, field, ref output, depth);
            if (error is not null)
            {
                return error;
            }
        }

        return null;
    }

    private static JsonField? Find(ref Utf8JsonReader reader, JsonMessage message)
    {
        foreach (var field in message.Fields)
        {
            if (reader.ValueTextEquals(field.Utf8Name))
            {
                return field;
            }
        }

        return null;
    }

    private static string? Ignore(ref Utf8JsonReader reader)
    {
        reader.Skip();
        return null;
    }

    private static string? Field(ref Utf8JsonReader reader, JsonField field, ref ProtobufOutput output, int depth)
    {
        if (!field.Repeated)
        {
            return Value(ref reader, field, ref output, depth);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return "must be an array";
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Value(ref reader, field, ref output, depth) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static string? Value(ref Utf8JsonReader reader, JsonField field, ref ProtobufOutput output, int depth)
    {
        if (field.Message is null)
        {
            return JsonScalars.Write(ref reader, field, ref output) ? null : JsonScalars.Expected(field.Kind);
        }

        output.Tag(field.Number, WireType.LengthDelimited);
        var start = output.Begin();
        var error = Message(ref reader, field.Message, ref output, depth + 1);
        output.End(start);
        return error;
    }
}
