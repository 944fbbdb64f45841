using System.Text;

namespace SentryOtel.Kubernetes.Events;

/// <summary>The API's limits on an event's texts.</summary>
internal static class EventText
{
    public const int MaxReason = 128;
    public const int MaxInstance = 128;
    public const int MaxNoteBytes = 1024;

    /// <summary>Cuts at a number of UTF-8 bytes, never inside a character, and marks the cut.</summary>
    public static string CutBytes(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetByteCount(text) <= maxBytes)
        {
            return text;
        }

        const string Mark = "...";
        var bytes = Mark.Length;
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if ((bytes += rune.Utf8SequenceLength) > maxBytes)
            {
                break;
            }

            end += rune.Utf16SequenceLength;
        }

        return text[..end] + Mark;
    }

    public static string Cut(string text, int max) => text.Length <= max ? text : text[..max];
}
