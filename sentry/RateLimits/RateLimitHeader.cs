using System.Collections.Frozen;
using System.Globalization;

namespace SentryOtel.Sentry.RateLimits;

/// <summary>
/// Reads <c>X-Sentry-Rate-Limits</c> and <c>Retry-After</c>. Grammar and reader's rules:
/// develop.sentry.dev/sdk/foundations/transport/rate-limiting.
/// </summary>
public static class RateLimitHeader
{
    /// <summary>A limit is sent again with every refusal, so a longer one is cut to this.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    private static readonly TimeSpan WithoutHeaders = TimeSpan.FromSeconds(60);

    private static readonly FrozenSet<string> KnownCategories = FrozenSet.Create(
        StringComparer.Ordinal,
        "default", "error", "transaction", "security", "attachment", "session", "profile", "replay", "transaction_processed",
        "transaction_indexed", "monitor", "profile_indexed", "span", "monitor_seat", "feedback", "user_report_v2", "metric_bucket",
        "span_indexed", "profile_duration", "profile_chunk", "metric_second", "replay_video", "uptime", "attachment_item", "log_item",
        "log_byte", "profile_duration_ui", "profile_chunk_ui", "seer_autofix", "seer_scanner", "prevent_user", "prevent_review",
        "size_analysis", "installable_build", "trace_metric", "trace_metric_byte", "seer_user", "profile_backend", "profile_ui", "internal");

    /// <summary>
    /// The limits that an answer sets, in the order of evaluation that Sentry prescribes: the limits header on any status; else, on a 429,
    /// <c>Retry-After</c>; else, on a 429, 60 seconds for everything. A limits header without one readable entry is as good as none.
    /// </summary>
    /// <param name="status">HTTP status.</param>
    /// <param name="limits">Values of <c>X-Sentry-Rate-Limits</c>; null or empty when absent.</param>
    /// <param name="retryAfter">Value of <c>Retry-After</c>: seconds, decimal seconds or an HTTP date.</param>
    /// <param name="now">For a date in <paramref name="retryAfter"/>.</param>
    public static IReadOnlyList<RateLimit> Evaluate(int status, IEnumerable<string>? limits, string? retryAfter, DateTimeOffset now)
    {
        if (limits is not null && Parse(string.Join(',', limits)) is { AnyReadable: true } parsed)
        {
            return parsed.Limits;
        }

        return status != 429
            ? []
            : [new RateLimit(ParseRetryAfter(retryAfter, now) ?? WithoutHeaders, [], RateLimitScope.Key, null)];
    }

    /// <summary>Reads a <c>Retry-After</c> value; null when absent or unreadable. A time in the past is zero.</summary>
    public static TimeSpan? ParseRetryAfter(string? value, DateTimeOffset now)
    {
        if (Seconds(value) is { } seconds)
        {
            return seconds;
        }

        if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var date)
            || !value!.Contains("GMT", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        return Clamp((date - now).TotalSeconds);
    }

    /// <summary>Reads the limits header. <c>AnyReadable</c> tells a header of unknown categories from one of rubbish.</summary>
    internal static (IReadOnlyList<RateLimit> Limits, bool AnyReadable) Parse(string header)
    {
        var limits = new List<RateLimit>();
        var anyReadable = false;
        foreach (var entry in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = entry.Split(':', StringSplitOptions.TrimEntries);
            if (Seconds(fields[0]) is not { } retryAfter)
            {
                continue;
            }

            anyReadable = true;
            var names = Names(fields.ElementAtOrDefault(1));
            var known = names.Where(KnownCategories.Contains).ToArray();
            if (names.Length > 0 && known.Length == 0)
            {
                continue;
            }

            var namespaces = Names(fields.ElementAtOrDefault(4));
            if (known is ["metric_bucket"] && namespaces.Length > 0 && !namespaces.Contains("custom", StringComparer.Ordinal))
            {
                continue;
            }

            limits.Add(new RateLimit(retryAfter, known, Scope(fields.ElementAtOrDefault(2)), fields.ElementAtOrDefault(3) is { Length: > 0 } reason ? reason : null));
        }

        return (limits, anyReadable);
    }

    private static string[] Names(string? list) =>
        list?.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static RateLimitScope Scope(string? name) => name switch
    {
        "organization" => RateLimitScope.Organization,
        "project" => RateLimitScope.Project,
        _ => RateLimitScope.Key,
    };

    /// <summary>Seconds, rounded up; null for what is not a number, or not a finite one.</summary>
    private static TimeSpan? Seconds(string? text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var seconds)
        && double.IsFinite(seconds)
            ? Clamp(seconds)
            : null;

    private static TimeSpan Clamp(double seconds) => TimeSpan.FromSeconds(Math.Clamp(Math.Ceiling(seconds), 0, Longest.TotalSeconds));
}
