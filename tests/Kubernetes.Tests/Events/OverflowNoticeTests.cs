using SentryOtel.Kubernetes.Events;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Events;

public sealed class OverflowNoticeTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly FakeTimeProvider _time = new();
    private readonly OverflowNotice _notice;

    public OverflowNoticeTests() => _notice = new OverflowNotice(Interval, _time);

    [Fact]
    public void The_first_drop_is_told_at_once_and_the_next_ones_together_when_the_interval_is_over()
    {
        Assert.Equal([1, 0, 0], [_notice.Add(), _notice.Add(), _notice.Add()]);

        _time.Advance(Interval);

        Assert.Equal([3, 0], [_notice.Add(), _notice.Add()]);
    }

    [Fact]
    public void What_was_not_told_is_told_although_no_other_drop_follows()
    {
        _notice.Add();
        _notice.Add();
        Assert.Equal(0, _notice.TakeDue());

        _time.Advance(Interval);

        Assert.Equal([1, 0], [_notice.TakeDue(), _notice.TakeDue()]);
    }

    [Fact]
    public void Nothing_dropped_is_nothing_to_tell() => Assert.Equal(0, _notice.TakeDue());
}
