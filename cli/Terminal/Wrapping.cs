namespace SentryOtel.Cli.Terminal;

/// <summary>Long lines for a pipe, where nobody else breaks them.</summary>
internal static class Wrapping
{
    /// <summary>The lines of a text, the later ones indented.</summary>
    /// <param name="text">One line.</param>
    /// <param name="width">Most characters of a line, unless a word is longer.</param>
    /// <param name="indent">Blanks before the second line and all after it.</param>
    public static IEnumerable<string> Lines(string text, int width, int indent)
    {
        var rest = text.AsMemory();
        var first = true;
        while (true)
        {
            var room = first ? width : width - indent;
            var space = first ? "" : new string(' ', indent);
            var cut = rest.Length <= room ? rest.Length : CutOf(rest.Span, room);
            yield return space + rest[..cut].ToString().TrimEnd();
            if (cut == rest.Length)
            {
                yield break;
            }

            rest = rest[cut..].TrimStart();
            first = false;
        }
    }

    private static int CutOf(ReadOnlySpan<char> text, int room)
    {
        // A blank at the beginning is indentation.
        var start = text.IndexOfAnyExcept(' ');
        var before = text[..(room + 1)].LastIndexOf(' ');
        if (before > start)
        {
            return before;
        }

        var after = text[room..].IndexOf(' ');
        return after < 0 ? text.Length : room + after;
    }
}
