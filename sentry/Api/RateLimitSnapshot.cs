using System.Globalization;
using System.Net.Http.Headers;

namespace SentryOtel.Sentry.Api;

/// <summary>What one answer of the management API says about its rate limit window.</summary>
internal sealed record RateLimitSnapshot
{
    public required int Status { get; init; }

    /// <summary>Calls that a window allows.</summary>
    public long? Limit { get; init; }

    public long? Remaining { get; init; }

    /// <summary>Calls that may be on their way at a time.</summary>
    public long? ConcurrentLimit { get; init; }

    public long? ConcurrentRemaining { get; init; }

    /// <summary>End of the window, seconds since 1970 by Sentry's clock.</summary>
    public long? Reset { get; init; }

    /// <summary>The answer's <c>Date</c>: the same clock as <see cref="Reset"/>, so that ours need not agree.</summary>
    public DateTimeOffset? Date { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Too many calls at once: the window's end says nothing about it.</summary>
    public bool IsConcurrencyLimit => Remaining is > 0 || (Remaining is null && ConcurrentRemaining is 0);

    public static RateLimitSnapshot Read(HttpResponseMessage response, DateTimeOffset now) => new()
    {
        Status = (int)response.StatusCode,
        Limit = Number(response.Headers, "X-Sentry-Rate-Limit-Limit"),
        Remaining = Number(response.Headers, "X-Sentry-Rate-Limit-Remaining"),
        ConcurrentLimit = Number(response.Headers, "X-Sentry-Rate-Limit-ConcurrentLimit"),
        ConcurrentRemaining = Number(response.Headers, "X-Sentry-Rate-Limit-ConcurrentRemaining"),
        Reset = Number(response.Headers, "X-Sentry-Rate-Limit-Reset"),
        Date = response.Headers.Date,
        RetryAfter = RetryAfterOf(response.Headers, now),
    };

    public TimeSpan? UntilReset(DateTimeOffset now)
    {
        // Beyond the year 9999 DateTimeOffset has no name for the second.
        if (Reset is not (> 0 and < 253402300800))
        {
            return null;
        }

        var left = DateTimeOffset.FromUnixTimeSeconds(Reset.Value) - (Date ?? now);
        return left > TimeSpan.Zero ? left : null;
    }

    private static long? Number(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values)
        && long.TryParse(values.FirstOrDefault(), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static TimeSpan? RetryAfterOf(HttpResponseHeaders headers, DateTimeOffset now) => headers.RetryAfter switch
    {
        { Delta: { } delta } => delta,
        { Date: { } date } => date > now ? date - now : TimeSpan.Zero,
        _ => null,
    };
}
