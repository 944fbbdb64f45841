using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>The reasons and codes by which a symptom is known: those that stand between "You see" and "Why".</summary>
internal static partial class SeenNames
{
    // As they stand on the wire.
    private static readonly Dictionary<string, string> GrpcCodes =
        new(StringComparer.Ordinal) { ["RESOURCE_EXHAUSTED"] = "8", ["UNAVAILABLE"] = "14", ["UNAUTHENTICATED"] = "16" };

    /// <summary>The names in a symptom.</summary>
    public static IEnumerable<string> In(string symptom) => Seen().Match(symptom).Groups[1].Value.Split('\n')
        .Where(static line => !line.StartsWith("    ", StringComparison.Ordinal))
        .SelectMany(static line => line.StartsWith('|')
            ? Page.SpansOf(line.Split('|')[1])
            : Name().Matches(line).SelectMany(static match => match.Groups.Values.Skip(1)).Where(static group => group.Success).Select(static group => group.Value))
        .Where(static name => name == "RateLimited" || !Conditions.Types.Contains(name))
        .Distinct();

    /// <summary>Whether a test holds a name, or that by which the code calls it.</summary>
    public static bool IsIn(string test, string name) => WaysToSay(name).Any(way => Regex.IsMatch(test, $@"(?<!\w){way}(?!\w)"));

    private static IEnumerable<string> WaysToSay(string name)
    {
        if (GrpcCodes.TryGetValue(name, out var number))
        {
            yield return $"\"{number}\"";
        }
        else if (int.TryParse(name, CultureInfo.InvariantCulture, out var status))
        {
            yield return $"HttpStatusCode.{(HttpStatusCode)status}";
        }
        else if (char.IsLower(name[0]))
        {
            // Some are words of every day: as a text, or by the code's own name.
            yield return $@"""{name}\\?""";
            yield return $"\\w*Reason.{string.Concat(name.Split('_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]))}";
            yield break;
        }

        yield return name;
    }

    [GeneratedRegex(@"\nYou see ((?:.|\n)*?)\n+Why")]
    private static partial Regex Seen();

    // A reason that is no condition's type, which stands behind "in"; a code of gRPC, HTTP or a metric.
    [GeneratedRegex(@"(?<!\bin )`([A-Z][a-z][A-Za-z]*)`|`([A-Z]+(?:_[A-Z]+)*)`|`([a-z]+(?:_[a-z]+)+)(?<!_total)`|reason=""([a-z_]+)""|(?<![\d:])([45]\d\d)(?!\d)")]
    private static partial Regex Name();
}
