using System.Globalization;

namespace SentryOtel.Gateway.Configuration;

/// <summary>One thing to say about a configuration file.</summary>
/// <param name="IsError">An error keeps the gateway from starting; a warning does not.</param>
/// <param name="Line">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Column">From 1.</param>
/// <param name="Path">The keys from the root, joined with dots.</param>
/// <param name="Message">What is wrong and the cure. Never holds a value that came out of a substitution.</param>
internal sealed record ConfigurationProblem(bool IsError, long Line, long Column, string Path, string Message)
{
    /// <summary><c>line:column: error: path: message</c>.</summary>
    public override string ToString()
    {
        var where = Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{Line}:{Column}: ") : string.Empty;
        var what = Path.Length > 0 ? $"{Path}: {Message}" : Message;
        return $"{where}{(IsError ? "error" : "warning")}: {what}";
    }
}
