using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace SentryOtel.Otlp.Responses;

/// <summary>What responses share: messages of bounded length and a JSON writer.</summary>
internal static class ResponseText
{
    /// <summary>Longest message; OTLP clients give up on responses above 4 MiB and logs suffer long before.</summary>
    public const int MaxMessageLength = 4096;

    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Shorten(string message)
    {
        if (message.Length <= MaxMessageLength)
        {
            return message;
        }

        // Never between the halves of a surrogate pair.
        var cut = MaxMessageLength - 3;
        cut -= char.IsHighSurrogate(message[cut - 1]) ? 1 : 0;
        return string.Concat(message.AsSpan(0, cut), "...");
    }

    public static byte[] Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            write(json);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
