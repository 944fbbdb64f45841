using System.Text.Json;
using SentryOtel.Otlp.Bodies;

namespace SentryOtel.Otlp.Json;

/// <summary>
/// Export requests in OTLP's JSON (OTLP 1.11 specification, "JSON Protobuf Encoding"): proto3 JSON with ids in hex,
/// enums as numbers, and lowerCamelCase names. What OTLP does not know is ignored, as it says.
/// </summary>
public static class OtlpJson
{
    // An array of messages is two levels of JSON for one of protobuf; beyond what is known to OTLP, anything may be nested.
    private const int MaxDepth = 256;

    // Protobuf is smaller than its JSON in all but odd cases, for which a second try has twice the room.
    private const int Margin = 64;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Writes the request as protobuf to <paramref name="output"/>, which must be empty.</summary>
    /// <param name="signal">Which Export request it is.</param>
    /// <param name="json">The JSON document, UTF-8.</param>
    /// <param name="output">Receives the protobuf.</param>
    public static JsonConversion Convert(OtlpSignal signal, ReadOnlySpan<byte> json, IBodyBuffer output)
    {
        ArgumentNullException.ThrowIfNull(output);
        for (var capacity = json.Length + (long)Margin; ; capacity *= 2)
        {
            if (capacity > Array.MaxLength || !output.TryReserve((int)capacity))
            {
                return new JsonConversion(null, NoRoom: true);
            }

            var written = new ProtobufOutput(output.Free.Span);
            var error = Convert(signal, json, ref written);
            if (error is not null)
            {
                return new JsonConversion(error, NoRoom: false);
            }

            if (!written.Overflowed)
            {
                output.Advance(written.Length);
                return default;
            }
        }
    }

    private static JsonError? Convert(OtlpSignal signal, ReadOnlySpan<byte> json, ref ProtobufOutput output)
    {
        var reader = new Utf8JsonReader(json, Options);
        try
        {
            reader.Read();
            if (JsonTranscoder.Message(ref reader, OtlpJsonSchema.Request(signal), ref output) is { } problem)
            {
                var place = JsonPlace.Of(json, reader.TokenStartIndex, Options);
                return new JsonError(place, place.Length == 0 ? $"the request {problem}" : problem);
            }

            return reader.Read() ? new JsonError(string.Empty, "more than one JSON value") : null;
        }
        catch (JsonException exception)
        {
            var isDeep = reader.CurrentDepth >= MaxDepth - 1;
            return new JsonError(
                JsonPlace.Of(json, long.MaxValue, Options),
                $"{(isDeep ? $"JSON that is malformed or nested deeper than {MaxDepth} levels" : "malformed JSON")} at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}");
        }
    }
}
