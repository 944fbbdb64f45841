using System.Text;
using System.Text.RegularExpressions;

namespace SentryOtel.Cli.Conversion;

/// <summary>
/// The references of a configuration (<c>${env:NAME}</c>, <c>${env:NAME:-default}</c>, <c>${file:PATH}</c>), resolved without looking at the machine: a value that was not given becomes a placeholder
/// that the readers take, and that the result marks with a comment.
/// </summary>
/// <param name="given">Values of variables, by name.</param>
internal sealed partial class References(IReadOnlyDictionary<string, string> given)
{
    private static readonly string NoKey = new('0', 32);

    private readonly Dictionary<string, string> _placeholders = new(StringComparer.Ordinal);

    /// <summary>What to put in place of each placeholder.</summary>
    public IReadOnlyDictionary<string, string> Placeholders => _placeholders;

    /// <summary>Resolves a value.</summary>
    /// <param name="path">Where it stands: says what kind of placeholder is taken there.</param>
    /// <param name="text">As it is in the file.</param>
    public ResolvedText Resolve(string path, string text)
    {
        var (read, shown) = (new StringBuilder(), new StringBuilder());
        var (missing, defaulted) = (new List<string>(), new List<string>());
        var isWhole = Reference().Match(text) is { Success: true } only && only.Length == text.Length;
        var at = 0;
        foreach (Match match in Reference().Matches(text))
        {
            Append(text[at..match.Index], escape: false);
            at = match.Index + match.Length;
            var (scheme, name) = (match.Groups["scheme"].Value, match.Groups["name"].Value);
            if (match.Value == "$$")
            {
                Append("$", escape: true);
            }
            else if (scheme is "" or "env" && given.TryGetValue(name, out var value))
            {
                Append(value, escape: true);
            }
            else if (scheme is "" or "env" && match.Groups["default"] is { Success: true } otherwise)
            {
                defaulted.Add(name);
                Append(otherwise.Value, escape: true);
            }
            else if (scheme is "" or "env" or "file")
            {
                var source = scheme == "file" ? $"the content of {name}" : $"the value of {name}";
                missing.Add(source);
                read.Append(Placeholder(path, name, source, isWhole));
                shown.Append('<').Append(source).Append('>');
            }
            else
            {
                Append(match.Value, escape: false);
            }
        }

        Append(text[at..], escape: false);
        return new ResolvedText(read.ToString(), shown.ToString(), missing, defaulted);

        // What is escaped is not resolved again by the readers.
        void Append(string part, bool escape)
        {
            read.Append(escape ? part.Replace("$", "$$", StringComparison.Ordinal) : part);
            shown.Append(part);
        }
    }

    private string Placeholder(string path, string name, string source, bool isWhole)
    {
        var key = path[(path.LastIndexOf('.') + 1)..];
        var word = NotSlug().Replace(name.ToLowerInvariant(), "-").Trim('-');
        word = word.Length > 0 && !char.IsAsciiDigit(word[0]) ? word : $"value-{word}";
        if (path.Contains(".attribute_to_dsn_mapping.", StringComparison.Ordinal) || key == "dsn")
        {
            return isWhole ? $"https://{NoKey}@{word}.invalid/1" : NoKey;
        }

        if (isWhole && (key is "url" or "proxy_url" or "url_override" || key.EndsWith("endpoint", StringComparison.Ordinal)) && !path.StartsWith("receivers.", StringComparison.Ordinal))
        {
            word = $"https://{word}.invalid";
        }

        _placeholders.TryAdd(word, source);
        return word;
    }

    [GeneratedRegex(@"\$\$|\$\{(?:(?<scheme>[a-z]+):(?!-))?(?<name>[^}:]+)(?::-(?<default>[^}]*))?\}")]
    private static partial Regex Reference();

    [GeneratedRegex("[^a-z0-9-]+")]
    private static partial Regex NotSlug();
}

/// <summary>A value after its references were resolved.</summary>
/// <param name="Read">For the readers.</param>
/// <param name="Shown">For a Secret: what is not known stands between angle brackets.</param>
/// <param name="Missing">What it needs and was not given.</param>
/// <param name="Defaulted">Variables whose default was taken.</param>
internal sealed record ResolvedText(string Read, string Shown, IReadOnlyList<string> Missing, IReadOnlyList<string> Defaulted);
