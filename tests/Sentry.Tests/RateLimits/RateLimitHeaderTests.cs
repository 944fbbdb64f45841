using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Sentry.Tests.RateLimits;

public sealed class RateLimitHeaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("60:span:key:key_quota", "60 [span] Key key_quota")]
    [InlineData("60:span;log_item:project", "60 [span,log_item] Project ")]
    [InlineData("30::organization:org_quota", "30 [] Organization org_quota")]
    [InlineData("60", "60 [] Key ")]
    [InlineData("60:", "60 [] Key ")]
    [InlineData("2.5:span:key", "3 [span] Key ")]
    [InlineData("-5:span:key", "0 [span] Key ")]
    [InlineData(" 60 : span ; log_byte : key ", "60 [span,log_byte] Key ")]
    [InlineData("60:span:galaxy", "60 [span] Key ")]
    [InlineData("60:span:key:reason:ns:future:fields", "60 [span] Key reason")]
    [InlineData("60:spam;span:key", "60 [span] Key ")]
    [InlineData("60:metric_bucket:key::custom", "60 [metric_bucket] Key ")]
    [InlineData("1e9:span:key", "86400 [span] Key ")]
    public void One_entry_is_read_by_the_grammar(string header, string expected) => Assert.Equal(expected, Describe(header));

    [Theory]
    [InlineData("60:spam;eggs:key")]
    [InlineData("60:metric_bucket:key::other")]
    [InlineData("NaN:span:key")]
    [InlineData("Infinity:span:key")]
    [InlineData("1e999:span:key")]
    [InlineData("soon:span:key")]
    [InlineData(" , ,, ")]
    [InlineData("")]
    public void An_entry_that_says_nothing_known_gives_no_limit(string header) => Assert.Equal("", Describe(header));

    [Fact]
    public void Rubbish_between_good_entries_is_skipped() =>
        Assert.Equal("60 [span] Key |30 [] Organization org_quota", Describe("60:span:key, what?, ,30::organization:org_quota"));

    [Fact]
    public void The_limits_header_counts_on_any_status_and_wins_over_Retry_After()
    {
        var limits = RateLimitHeader.Evaluate(200, ["10:span:key"], "99", Now);

        Assert.Equal(TimeSpan.FromSeconds(10), Assert.Single(limits).RetryAfter);
    }

    [Fact]
    public void A_429_of_unknown_categories_alone_limits_nothing() =>
        Assert.Empty(RateLimitHeader.Evaluate(429, ["60:spam:key"], "99", Now));

    [Theory]
    [InlineData("soon", "17", 17)]
    [InlineData(null, "17", 17)]
    [InlineData(null, "1.2", 2)]
    [InlineData(null, "Fri, 02 Jan 2026 03:05:05 GMT", 60)]
    [InlineData(null, "Fri, 02 Jan 2026 03:00:00 GMT", 0)]
    [InlineData(null, "whenever", 60)]
    [InlineData(null, "2026", 2026)]
    [InlineData(null, null, 60)]
    public void A_429_without_readable_limits_falls_to_Retry_After_and_then_to_a_minute(string? limits, string? retryAfter, int seconds)
    {
        var limit = Assert.Single(RateLimitHeader.Evaluate(429, limits is null ? null : [limits], retryAfter, Now));

        Assert.Equal(TimeSpan.FromSeconds(seconds), limit.RetryAfter);
        Assert.Empty(limit.Categories);
    }

    [Fact]
    public void Another_status_without_limits_sets_none() => Assert.Empty(RateLimitHeader.Evaluate(503, null, "30", Now));

    [Fact]
    public void No_header_whatever_its_text_throws() =>
        Prop.ForAll<NonNull<string>>(static text =>
        {
            RateLimitHeader.Evaluate(429, [text.Get], text.Get, Now);
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_Relay_writes_is_read_back() =>
        Prop.ForAll<PositiveInt, bool, bool>(static (seconds, span, logs) =>
        {
            string[] names = [.. span ? ["span"] : Array.Empty<string>(), .. logs ? ["log_item", "log_byte"] : Array.Empty<string>()];
            var header = string.Create(CultureInfo.InvariantCulture, $"{seconds.Get}:{string.Join(';', names)}:key:quota");
            var limit = RateLimitHeader.Evaluate(200, [header], null, Now).Single();
            return limit.Categories.SequenceEqual(names) && limit.RetryAfter == TimeSpan.FromSeconds(Math.Min(seconds.Get, 86400));
        }).QuickCheckThrowOnFailure();

    private static string Describe(string header) => string.Join('|', RateLimitHeader.Evaluate(200, [header], null, Now)
        .Select(static limit => $"{limit.RetryAfter.TotalSeconds} [{string.Join(',', limit.Categories)}] {limit.Scope} {limit.ReasonCode}"));
}
