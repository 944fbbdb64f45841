using System.Globalization;

namespace SentryOtel.Cli.Conversion;

/// <summary>Something to know about a conversion: what was not carried over and what to do instead, what is to be filled in, what to be careful with.</summary>
/// <param name="Line">Line of the configuration, from 1; 0 for the file as a whole.</param>
/// <param name="Path">The keys from the root, joined with dots.</param>
/// <param name="Message">For people. Never holds a secret.</param>
internal sealed record ConversionNote(long Line, string Path, string Message)
{
    /// <summary><c>line: path: message</c>.</summary>
    public override string ToString()
    {
        var where = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Line}: ") : "";
        return $"{where}{(Path.Length > 0 ? $"{Path}: " : "")}{Message}";
    }
}
