using System.Text;

namespace SentryOtel.Gateway.Configuration.Yaml;

/// <summary>
/// The Collector's value substitution: <c>${env:NAME}</c>, <c>${env:NAME:-default}</c>, <c>${NAME}</c>, <c>${file:PATH}</c>, and
/// <c>$$</c> for one dollar sign. What was substituted is not substituted again.
/// </summary>
internal sealed class Substitution(Func<string, string?> environment, Func<string, string> readFile)
{
    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);

    /// <summary>What a file that was read held; null when it was not read.</summary>
    public string? ContentOf(string path) => _files.GetValueOrDefault(path);

    /// <summary>Replaces every reference in <paramref name="text"/>; <paramref name="error"/> names the first that can not be replaced.</summary>
    public string? Apply(string text, out string? error)
    {
        error = null;
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                result.Append(text[i]);
            }
            else if (text[i + 1] == '$')
            {
                result.Append('$');
                i++;
            }
            else if (text[i + 1] == '{')
            {
                var end = text.IndexOf('}', i);
                if (end < 0)
                {
                    error = "a reference opened with ${ is not closed";
                    return null;
                }

                if (Resolve(text[(i + 2)..end], out error) is not { } value)
                {
                    return null;
                }

                result.Append(value);
                i = end;
            }
            else
            {
                result.Append('$');
            }
        }

        return result.ToString();
    }

    private string? Resolve(string reference, out string? error)
    {
        var colon = reference.IndexOf(':', StringComparison.Ordinal);
        var scheme = colon > 0 && !reference[colon..].StartsWith(":-", StringComparison.Ordinal) ? reference[..colon] : "env";
        var rest = reference.StartsWith(scheme + ":", StringComparison.Ordinal) ? reference[(scheme.Length + 1)..] : reference;
        error = null;
        switch (scheme)
        {
            case "env":
                return Variable(rest, out error);
            case "file":
                return File(rest, out error);
            default:
                error = $"the gateway has no source \"{scheme}\"; use ${{env:NAME}}, ${{env:NAME:-default}} or ${{file:PATH}}";
                return null;
        }
    }

    private string? Variable(string reference, out string? error)
    {
        var dash = reference.IndexOf(":-", StringComparison.Ordinal);
        var name = dash < 0 ? reference : reference[..dash];
        var value = environment(name);
        error = value is null && dash < 0
            ? $"the environment variable {name} is not set; set it or write ${{env:{name}:-default}}"
            : null;
        return dash >= 0 && string.IsNullOrEmpty(value) ? reference[(dash + 2)..] : value;
    }

    /// <summary>A file's text without the line break at its end; <paramref name="error"/> says why it can not be read.</summary>
    public string? File(string path, out string? error)
    {
        try
        {
            error = null;
            // Read once: one reading of the configuration sees one state of a file.
            return _files.TryGetValue(path, out var known) ? known : _files[path] = readFile(path).TrimEnd('\r', '\n');
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"the file {path} can not be read ({exception.GetType().Name})";
            return null;
        }
    }
}
