using System.Diagnostics.CodeAnalysis;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Routing;

/// <summary>
/// From a value of the routing attribute to the slug of its project: mapping first, slug policy second. Remembers who holds which slug by the policy, so that a new value
/// is held against one other and not against all. Not thread-safe.
/// </summary>
internal sealed class SlugChoice(RoutingConfiguration routing)
{
    private readonly Dictionary<string, string> _holders = new(StringComparer.Ordinal);

    /// <summary>The slug; or why there is none.</summary>
    public bool TryChoose(string value, [NotNullWhen(true)] out string? slug, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (value.Length == 0)
        {
            slug = routing.FallbackProject;
            error = slug is null ? $"the resource attribute {routing.ProjectFromAttribute} is missing" : null;
            return slug is not null;
        }

        return IsMapped(value, out slug)
            || SlugResolver.TryResolve(value, routing.SlugPolicy, wanted => _holders.TryGetValue(wanted, out var holder) && holder != value, out slug, out error);
    }

    /// <summary>Ties a value to the slug that was chosen for it. A value that is a slug takes it from one that was only rewritten to it, and that has to choose anew.</summary>
    /// <param name="value">The value.</param>
    /// <param name="slug">What <see cref="TryChoose"/> gave.</param>
    /// <param name="collision">Set when the value had to give way to another.</param>
    /// <returns>The value that lost the slug, if any.</returns>
    public string? Hold(string value, string slug, out SlugCollision? collision)
    {
        collision = null;
        if (value.Length == 0 || IsMapped(value, out _))
        {
            return null;
        }

        var before = _holders.GetValueOrDefault(slug);
        _holders[slug] = value;
        if (slug != value && SlugResolver.Normalize(value) is var wanted && wanted != slug && _holders.TryGetValue(wanted, out var other))
        {
            collision = new SlugCollision(value, slug, other);
        }

        return before == value ? null : before;
    }

    /// <summary>Forgets a value.</summary>
    public void Release(string value, string slug)
    {
        if (_holders.GetValueOrDefault(slug) == value)
        {
            _holders.Remove(slug);
        }
    }

    private bool IsMapped(string value, [NotNullWhen(true)] out string? slug) => routing.ProjectMapping.TryGetValue(value, out slug);
}
