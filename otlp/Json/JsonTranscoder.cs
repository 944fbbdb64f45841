using System.Text.Json;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Json;

/// <summary>Walks a JSON document by a schema and writes protobuf. Errors are sentences that name the field.</summary>
internal static class JsonTranscoder
{
    /// <summary>Writes the fields of the object that the reader stands on; ends on its last token.</summary>
    public static string? Message(ref Utf8JsonReader reader, JsonMessage message, string name, ref ProtobufOutput output)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return $"{name} must be an object";
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var field = Find(ref reader, message);
            reader.Read();
            var error = field is null || reader.TokenType == JsonTokenType.Null ? Ignore(ref reader) : Field(ref reader, field, ref output);
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

    private static string? Field(ref Utf8JsonReader reader, JsonField field, ref ProtobufOutput output)
    {
        if (!field.Repeated)
        {
            return Value(ref reader, field, ref output);
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return $"{field.Name} must be an array";
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (Value(ref reader, field, ref output) is { } error)
            {
                return error;
            }
        }

        return null;
    }

    private static string? Value(ref Utf8JsonReader reader, JsonField field, ref ProtobufOutput output)
    {
        if (field.Message is null)
        {
            return JsonScalars.Write(ref reader, field, ref output) ? null : $"{field.Name} {JsonScalars.Expected(field.Kind)}";
        }

        output.Tag(field.Number, WireType.LengthDelimited);
        var start = output.Begin();
        var error = Message(ref reader, field.Message, field.Name, ref output);
        output.End(start);
        return error;
    }
}
