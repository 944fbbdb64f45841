using System.Globalization;
using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>The management API's limits: requests per window and at once, per caller, method and route. Off unless the modes say otherwise.</summary>
internal sealed class ApiRateLimiter(SentryState state)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Bucket> _buckets = new(StringComparer.Ordinal);

    /// <summary>Counts a call and writes the headers; the answer is null when the call may go on. Every entry needs one <see cref="Leave"/>.</summary>
    public ApiAnswer? Enter(HttpContext context, string bucketName)
    {
        if (state.Modes.ApiRateLimit is not { } limit)
        {
            return null;
        }

        lock (_gate)
        {
            var now = state.Now;
            var window = now.ToUnixTimeSeconds() / limit.WindowSeconds;
            var bucket = _buckets.GetValueOrDefault(bucketName) ?? (_buckets[bucketName] = new Bucket());
            bucket.Count = bucket.Window == window ? bucket.Count + 1 : 1;
            bucket.Window = window;
            bucket.Active++;
            var headers = context.Response.Headers;
            headers["X-Sentry-Rate-Limit-Limit"] = Text(limit.Limit);
            headers["X-Sentry-Rate-Limit-Remaining"] = Text(Math.Max(0, limit.Limit - bucket.Count));
            headers["X-Sentry-Rate-Limit-Reset"] = Text(((window + 1) * limit.WindowSeconds) + limit.ResetSkewSeconds);
            headers["X-Sentry-Rate-Limit-ConcurrentLimit"] = Text(limit.ConcurrentLimit);
            headers["X-Sentry-Rate-Limit-ConcurrentRemaining"] = Text(Math.Max(0, limit.ConcurrentLimit - bucket.Active));
            if (bucket.Active > limit.ConcurrentLimit)
            {
                return ApiAnswer.Detail(429, $"You are attempting to go above the allowed concurrency for this endpoint. Concurrency limit is {limit.ConcurrentLimit}");
            }

            return bucket.Count > limit.Limit
                ? ApiAnswer.Detail(429, $"You are attempting to use this endpoint too frequently. Limit is {limit.Limit} requests in {limit.WindowSeconds} seconds")
                : null;
        }
    }

    public void Leave(string bucketName)
    {
        lock (_gate)
        {
            if (_buckets.TryGetValue(bucketName, out var bucket))
            {
                bucket.Active = Math.Max(0, bucket.Active - 1);
            }
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private sealed class Bucket
    {
        public long Window { get; set; }

        public int Count { get; set; }

        public int Active { get; set; }
    }
}
