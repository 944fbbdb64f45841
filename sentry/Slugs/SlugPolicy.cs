namespace SentryOtel.Sentry.Slugs;

/// <summary>How a value of the routing attribute becomes the slug of a project when no mapping names one.</summary>
public enum SlugPolicy
{
    /// <summary>The value must be a slug already; any other is refused.</summary>
    Strict,

    /// <summary>The value is turned into a slug; see <see cref="SlugResolver"/> for the rule.</summary>
    Normalize,
}
