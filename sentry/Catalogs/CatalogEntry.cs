using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Catalogs;

/// <summary>When something was asked for and when it was answered, as timestamps of a monotonic clock.</summary>
/// <param name="Asked">What happened in Sentry later than this may be missing in the answer.</param>
/// <param name="Answered">When the answer was there; of a list, its last page.</param>
internal readonly record struct ReadTime(long Asked, long Answered);

/// <summary>What is known of one project.</summary>
/// <param name="Project">The project, without what nobody needs.</param>
/// <param name="At">When that was read or written.</param>
internal sealed record CatalogEntry(SentryProject Project, ReadTime At)
{
    /// <summary>Its active keys; null when they are not known. Never empty from a list, which may have skipped some.</summary>
    public IReadOnlyList<ProjectKey>? Keys { get; init; }

    /// <summary>When the keys were read or written.</summary>
    public ReadTime KeysAt { get; init; }
}
