using System.Collections.Concurrent;

namespace SentryOtel.Sentry.RateLimits;

/// <summary>
/// The limits in force, by client key and category. A later deadline wins and none is ever shortened. Limits of organisation scope hold
/// for every key of the organisation, limits of project scope for the key that met them (one key per project is used). Safe for concurrent use.
/// </summary>
public sealed class RateLimitStore(TimeProvider timeProvider)
{
    private const string All = "";
    private const int SweepEvery = 4096;

    private static readonly string[] TracesCategories = [All, "span"];
    private static readonly string[] LogsCategories = [All, "log_item", "log_byte"];
    private static readonly string[] Relevant = [All, "span", "log_item", "log_byte"];

    private readonly ConcurrentDictionary<Bucket, ActiveLimit> _limits = new();
    private int _writes;

    /// <summary>Takes the limits of one answer; see <see cref="RateLimitHeader.Evaluate"/>. To be called for every answer, whatever its status.</summary>
    /// <returns>The limits that bear on spans or logs.</returns>
    public IReadOnlyList<RateLimit> Apply(string publicKey, string? organization, int status, IEnumerable<string>? limits, string? retryAfter)
    {
        var found = RateLimitHeader.Evaluate(status, limits, retryAfter, timeProvider.GetUtcNow());
        var relevant = new List<RateLimit>();
        foreach (var limit in found)
        {
            var categories = limit.Categories.Count == 0 ? [All] : limit.Categories.Intersect(Relevant, StringComparer.Ordinal).ToArray();
            if (categories.Length == 0)
            {
                continue;
            }

            relevant.Add(limit);
            foreach (var category in categories)
            {
                Put(new Bucket(publicKey, category), limit, category);
                if (limit.Scope == RateLimitScope.Organization && organization is not null)
                {
                    Put(Bucket.OfOrganization(organization, category), limit, category);
                }
            }
        }

        return relevant;
    }

    /// <summary>How long nothing of the signal may be sent with the key; zero when it may.</summary>
    public TimeSpan GetDelay(string publicKey, string? organization, IngestSignal signal) =>
        GetLimit(publicKey, organization, signal)?.Remaining ?? TimeSpan.Zero;

    /// <summary>The limit that holds the signal back longest, or null when none does.</summary>
    public ActiveLimit? GetLimit(string publicKey, string? organization, IngestSignal signal)
    {
        if (_limits.IsEmpty)
        {
            return null;
        }

        ActiveLimit? longest = null;
        foreach (var category in signal == IngestSignal.Traces ? TracesCategories : LogsCategories)
        {
            Consider(new Bucket(publicKey, category));
            if (organization is not null)
            {
                Consider(Bucket.OfOrganization(organization, category));
            }
        }

        return longest;

        void Consider(Bucket bucket)
        {
            if (_limits.TryGetValue(bucket, out var limit))
            {
                var remaining = limit.Length - timeProvider.GetElapsedTime(limit.Since);
                if (remaining > TimeSpan.Zero && remaining > (longest?.Remaining ?? TimeSpan.Zero))
                {
                    longest = limit with { Remaining = remaining };
                }
            }
        }
    }

    /// <summary>Buckets held, expired ones included until the next sweep.</summary>
    internal int Count => _limits.Count;

    private void Put(Bucket bucket, RateLimit limit, string category)
    {
        if (limit.RetryAfter <= TimeSpan.Zero)
        {
            return;
        }

        var fresh = new ActiveLimit(category, limit.Scope, limit.ReasonCode) { Since = timeProvider.GetTimestamp(), Length = limit.RetryAfter };
        _limits.AddOrUpdate(
            bucket,
            static (_, state) => state.fresh,
            static (_, old, state) => old.Length - state.timeProvider.GetElapsedTime(old.Since, state.fresh.Since) >= state.fresh.Length ? old : state.fresh,
            (fresh, timeProvider));
        if (Interlocked.Increment(ref _writes) % SweepEvery == 0)
        {
            Sweep();
        }
    }

    private void Sweep()
    {
        foreach (var entry in _limits)
        {
            if (timeProvider.GetElapsedTime(entry.Value.Since) >= entry.Value.Length)
            {
                _limits.TryRemove(entry);
            }
        }
    }

    private readonly record struct Bucket(string Owner, string Category, bool IsOrganization = false)
    {
        public static Bucket OfOrganization(string organization, string category) => new(organization, category, IsOrganization: true);
    }
}

/// <summary>A limit in force.</summary>
/// <param name="Category">Sentry's name; empty means every category.</param>
/// <param name="Scope">What shares it.</param>
/// <param name="ReasonCode">Sentry's code, when given.</param>
public sealed record ActiveLimit(string Category, RateLimitScope Scope, string? ReasonCode)
{
    /// <summary>Time left, from the moment of the question.</summary>
    public TimeSpan Remaining { get; init; }

    internal long Since { get; init; }

    internal TimeSpan Length { get; init; }
}
