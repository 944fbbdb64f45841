namespace SentryOtel.Sentry.Routing;

/// <summary>
/// Which services may get a project without anybody's word. A pattern is compared with the whole value, and case counts: <c>*</c> stands for any text,
/// <c>?</c> for one character. Values come from the network, so the work is bounded by the lengths of both.
/// </summary>
/// <param name="allowed">A value must match one of these; none for all values.</param>
/// <param name="denied">A value must match none of these, whatever allows it.</param>
public sealed class ServicePatterns(IReadOnlyCollection<string>? allowed, IReadOnlyCollection<string>? denied)
{
    /// <summary>Most patterns of one list.</summary>
    public const int MaxPatterns = 100;

    /// <summary>Most characters of one pattern.</summary>
    public const int MaxPatternLength = 256;

    private readonly IReadOnlyCollection<string> _allowed = allowed ?? [];
    private readonly IReadOnlyCollection<string> _denied = denied ?? [];

    /// <summary>Whether a service of this name may get a project by itself.</summary>
    public bool Allows(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return !_denied.Any(pattern => Matches(pattern, value)) && (_allowed.Count == 0 || _allowed.Any(pattern => Matches(pattern, value)));
    }

    // When the text after a star does not fit, the star takes one character more: only the last star ever has to.
    private static bool Matches(string pattern, string value)
    {
        var (p, v) = (0, 0);
        var (star, taken) = (-1, 0);
        while (v < value.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, taken) = (p++, v);
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == value[v]))
            {
                (p, v) = (p + 1, v + 1);
            }
            else if (star >= 0)
            {
                (p, v) = (star + 1, ++taken);
            }
            else
            {
                return false;
            }
        }

        return pattern.AsSpan(p).TrimStart('*').IsEmpty;
    }
}
