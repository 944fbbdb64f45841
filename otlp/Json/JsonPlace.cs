using System.Text;
using System.Text.Json;

namespace SentryOtel.Otlp.Json;

/// <summary>
/// Names a place in a JSON document as <c>resourceSpans[0].scopeSpans[1].schemaUrl</c>. The document is read anew for it: only one that is refused needs
/// its place told, so that all others pay nothing.
/// </summary>
internal static class JsonPlace
{
    // Enough for every field of OTLP; nested values may go on for ever.
    private const int MaxSteps = 24;
    private const int MaxNameBytes = 64;

    /// <summary>The path of the value that starts at <paramref name="offset"/>, or of where the document stops being JSON before that.</summary>
    public static string Of(ReadOnlySpan<byte> json, long offset, JsonReaderOptions options)
    {
        var steps = new List<Step>();
        var reader = new Utf8JsonReader(json, options);
        try
        {
            while (reader.Read() && !Follow(steps, ref reader, offset))
            {
            }
        }
        catch (JsonException)
        {
            // What is malformed lies here.
        }

        return Text(steps, json);
    }

    // True when the value that was looked for is reached.
    private static bool Follow(List<Step> steps, ref Utf8JsonReader reader, long offset)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                steps[^1] = steps[^1] with { NameStart = (int)reader.TokenStartIndex + 1, NameLength = reader.ValueSpan.Length };
                return false;
            case JsonTokenType.EndObject or JsonTokenType.EndArray:
                steps.RemoveAt(steps.Count - 1);
                Leave(steps);
                return false;
        }

        if (steps.Count > 0 && steps[^1].IsArray)
        {
            steps[^1] = steps[^1] with { Index = steps[^1].Index + 1 };
        }

        if (reader.TokenStartIndex >= offset)
        {
            return true;
        }

        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            steps.Add(new Step(reader.TokenType == JsonTokenType.StartArray, Index: -1, NameStart: 0, NameLength: 0));
        }
        else
        {
            Leave(steps);
        }

        return false;
    }

    // The value of a property is over.
    private static void Leave(List<Step> steps)
    {
        if (steps.Count > 0)
        {
            steps[^1] = steps[^1] with { NameLength = 0 };
        }
    }

    private static string Text(List<Step> steps, ReadOnlySpan<byte> json)
    {
        var path = new StringBuilder();
        foreach (var step in steps.Take(MaxSteps))
        {
            if (step is { IsArray: true, Index: >= 0 })
            {
                path.Append('[').Append(step.Index).Append(']');
            }
            else if (step.NameLength > 0)
            {
                path.Append(path.Length > 0 ? "." : string.Empty).Append(Encoding.UTF8.GetString(json.Slice(step.NameStart, Math.Min(step.NameLength, MaxNameBytes))));
            }
        }

        return path.Append(steps.Count > MaxSteps ? "..." : string.Empty).ToString();
    }

    private readonly record struct Step(bool IsArray, int Index, int NameStart, int NameLength);
}
