using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Testing;

namespace SentryOtel.Sentry.Tests.RateLimits;

public sealed class RateLimitStoreTests
{
    private const string Key = "k1";
    private readonly FakeTimeProvider _time = new();
    private readonly RateLimitStore _store;

    public RateLimitStoreTests() => _store = new RateLimitStore(_time);

    [Theory]
    [InlineData("60:span:key", 60, 0)]
    [InlineData("60:log_item:key", 0, 60)]
    [InlineData("60:log_byte:key", 0, 60)]
    [InlineData("60::key", 60, 60)]
    [InlineData("60:error;transaction;default:key", 0, 0)]
    [InlineData("60:span_indexed:key", 0, 0)]
    [InlineData("5:log_item:key,9:log_byte:key", 0, 9)]
    public void A_signal_is_held_by_its_own_categories(string header, int traces, int logs)
    {
        Apply(Key, header);

        Assert.Equal(traces, Delay(Key, IngestSignal.Traces));
        Assert.Equal(logs, Delay(Key, IngestSignal.Logs));
    }

    [Fact]
    public void A_later_shorter_limit_does_not_shorten_an_earlier_one()
    {
        Apply(Key, "60:span:key");
        _time.Advance(TimeSpan.FromSeconds(10));
        Apply(Key, "5:span:key");

        Assert.Equal(50, Delay(Key, IngestSignal.Traces));
    }

    [Fact]
    public void A_limit_ends_by_itself()
    {
        Apply(Key, "60:span:key");
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Equal(0, Delay(Key, IngestSignal.Traces));
        Assert.Null(_store.GetLimit(Key, "acme", IngestSignal.Traces));
    }

    [Fact]
    public void Limits_of_one_key_leave_other_keys_alone()
    {
        Apply(Key, "60:span:project");

        Assert.Equal(0, Delay("k2", IngestSignal.Traces));
    }

    [Fact]
    public void A_limit_of_the_organisation_holds_all_its_keys_and_no_others()
    {
        Apply(Key, "60:span:organization:org_quota");

        Assert.Equal(60, Delay("k2", IngestSignal.Traces));
        Assert.Equal(TimeSpan.Zero, _store.GetDelay("k2", "other", IngestSignal.Traces));
        Assert.Equal(TimeSpan.Zero, _store.GetDelay("k2", null, IngestSignal.Traces));
        Assert.Equal("org_quota", _store.GetLimit("k2", "acme", IngestSignal.Traces)!.ReasonCode);
    }

    [Fact]
    public void A_429_without_headers_holds_everything_for_a_minute()
    {
        _store.Apply(Key, "acme", 429, null, null);

        Assert.Equal(60, Delay(Key, IngestSignal.Logs));
    }

    [Fact]
    public void Expired_limits_do_not_pile_up()
    {
        for (var i = 0; i < 10_000; i++)
        {
            Apply($"key{i}", "1:span:key");
            _time.Advance(TimeSpan.FromSeconds(2));
        }

        Assert.InRange(_store.Count, 0, 4096);
    }

    [Fact]
    public void The_latest_deadline_wins_whatever_the_order() =>
        Prop.ForAll<(byte Wait, byte Length)[]>(steps =>
        {
            var time = new FakeTimeProvider();
            var store = new RateLimitStore(time);
            var deadline = time.GetUtcNow();
            foreach (var (wait, length) in steps)
            {
                time.Advance(TimeSpan.FromSeconds(wait));
                store.Apply(Key, null, 200, [$"{length}:span:key"], null);
                var candidate = time.GetUtcNow() + TimeSpan.FromSeconds(length);
                deadline = candidate > deadline ? candidate : deadline;
            }

            var left = deadline - time.GetUtcNow();
            return store.GetDelay(Key, null, IngestSignal.Traces) == (left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }).QuickCheckThrowOnFailure();

    private void Apply(string key, string header) => _store.Apply(key, "acme", 429, [header], "1");

    private double Delay(string key, IngestSignal signal) => _store.GetDelay(key, "acme", signal).TotalSeconds;
}
