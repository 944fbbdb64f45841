using SentryOtel.Kubernetes.Queueing;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Queueing;

public sealed class WorkQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly RecordedQueueMetrics _metrics = new();
    private readonly WorkQueue<string> _queue;

    public WorkQueueTests() =>
        _queue = new WorkQueue<string>(new ItemExponentialFailureRateLimiter<string>(), _time, _metrics);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _queue.Dispose();

    [Fact]
    public async Task A_key_added_twice_is_handed_out_once()
    {
        _queue.Add("a");
        _queue.Add("a");

        Assert.Equal("a", await TakeAsync());
        Assert.Equal(0, _queue.Count);
        Assert.Equal(1, _metrics.Adds);
    }

    [Fact]
    public async Task Keys_come_in_the_order_in_which_they_were_added()
    {
        _queue.Add("b");
        _queue.Add("a");
        _queue.Add("c");

        Assert.Equal(["b", "a", "c"], [await TakeAsync(), await TakeAsync(), await TakeAsync()]);
    }

    [Fact]
    public async Task A_key_added_while_it_is_worked_on_comes_back_after_done_and_not_before()
    {
        _queue.Add("a");
        await TakeAsync();

        _queue.Add("a");
        _queue.Add("a");
        Assert.Equal(0, _queue.Count);

        _queue.Done("a");
        Assert.Equal(1, _queue.Count);
        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public void Done_of_a_key_that_nobody_holds_is_an_error() =>
        Assert.Throws<InvalidOperationException>(() => _queue.Done("a"));

    [Fact]
    public async Task A_waiting_worker_gets_the_next_key()
    {
        var waiting = _queue.GetAsync(Token).AsTask();
        Assert.False(waiting.IsCompleted);

        _queue.Add("a");

        Assert.Equal("a", (await waiting)!.Value.Key);
    }

    [Fact]
    public async Task A_worker_that_stops_waiting_takes_no_key_with_it()
    {
        using var stop = new CancellationTokenSource();
        var waiting = _queue.GetAsync(stop.Token).AsTask();

        await stop.CancelAsync();
        _queue.Add("a");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public async Task A_delayed_key_comes_when_its_time_has_come()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));

        _time.Advance(TimeSpan.FromSeconds(9.999));
        Assert.Equal(0, _queue.Count);

        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal("a", await TakeAsync());
    }

    [Fact]
    public void Of_several_delays_of_one_key_the_earliest_wins_and_counts_once()
    {
        _queue.AddAfter("a", TimeSpan.FromSeconds(10));
        _queue.AddAfter("a", TimeSpan.FromSeconds(2));
        _queue.AddAfter("a", TimeSpan.FromSeconds(5));
        Assert.Equal(1, _queue.DelayedCount);

        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, _queue.Count);

        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(1, _metrics.Adds);
    }

    [Fact]
    public void A_delay_longer_than_any_timer_can_wait_is_kept()
    {
        _queue.AddAfter("a", TimeSpan.FromDays(100));

        _time.Advance(TimeSpan.FromDays(99));
        Assert.Equal(0, _queue.Count);

        _time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, _queue.Count);
    }

    [Fact]
    public async Task A_fresh_edit_overtakes_the_backlog_and_lifts_a_key_that_waits_in_it()
    {
        _queue.Add("old1", WorkQueuePriority.Low);
        _queue.Add("old2", WorkQueuePriority.Low);
        _queue.Add("old3", WorkQueuePriority.Low);
        _queue.Add("edit");
        _queue.Add("old3");

        Assert.Equal(["old3", "edit", "old1", "old2"], [await TakeAsync(), await TakeAsync(), await TakeAsync(), await TakeAsync()]);
    }

    [Fact]
    public async Task A_key_lifted_while_it_is_worked_on_comes_back_lifted()
    {
        _queue.Add("a", WorkQueuePriority.Low);
        await TakeAsync();
        _queue.Add("a", WorkQueuePriority.Low);
        _queue.Add("b", WorkQueuePriority.Low);

        _queue.Add("a");
        _queue.Done("a");

        var item = await _queue.GetAsync(Token);
        Assert.Equal(new WorkQueueItem<string>("a", WorkQueuePriority.Normal), item);
    }

    [Fact]
    public async Task Failures_of_a_key_wait_twice_as_long_each_time_and_never_stop()
    {
        var delays = new List<TimeSpan>();
        for (var failure = 0; failure < 25; failure++)
        {
            _queue.AddRateLimited("a");
            var before = _time.GetUtcNow();
            _time.Advance(_time.NextDue!.Value - before);
            delays.Add(_time.GetUtcNow() - before);
            Assert.Equal("a", await TakeAsync());
            _queue.Done("a");
        }

        Assert.Equal([5, 10, 20, 40], delays.Take(4).Select(delay => delay.TotalMilliseconds));
        Assert.All(delays.TakeLast(5), delay => Assert.Equal(TimeSpan.FromSeconds(1000), delay));
        Assert.Equal(25, _queue.NumRequeues("a"));

        _queue.Forget("a");
        Assert.Equal(0, _queue.NumRequeues("a"));
    }

    [Fact]
    public async Task Shutting_down_hands_out_what_waits_and_then_nothing()
    {
        _queue.Add("a");
        _queue.AddAfter("late", TimeSpan.FromSeconds(1));

        _queue.ShutDown();
        _queue.Add("b");
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal("a", await TakeAsync());
        Assert.Null(await _queue.GetAsync(Token));
    }

    [Fact]
    public async Task Shutting_down_wakes_workers_that_wait()
    {
        var waiting = _queue.GetAsync(Token).AsTask();

        _queue.ShutDown();

        Assert.Null(await waiting);
    }

    [Fact]
    public async Task A_drain_ends_when_the_last_worker_is_done()
    {
        _queue.Add("a");
        await TakeAsync();
        _queue.Add("a");

        var drained = _queue.ShutDownWithDrainAsync(Token);
        Assert.False(drained.IsCompleted);
        _queue.Done("a");
        Assert.False(drained.IsCompleted);
        await TakeAsync();
        _queue.Done("a");

        await drained;
    }

    [Fact]
    public async Task Metrics_tell_depth_waits_and_work()
    {
        _queue.Add("a");
        _queue.Add("b", WorkQueuePriority.Low);
        _queue.Add("b");
        Assert.Equal(2, _metrics.Depth[WorkQueuePriority.Normal]);
        Assert.Equal(0, _metrics.Depth[WorkQueuePriority.Low]);

        _time.Advance(TimeSpan.FromSeconds(3));
        await TakeAsync();
        _time.Advance(TimeSpan.FromSeconds(4));
        await TakeAsync();
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeSpan.FromSeconds(6), _queue.UnfinishedWork);
        Assert.Equal(TimeSpan.FromSeconds(5), _queue.LongestRunning);
        _queue.Done("a");
        Assert.Equal([3, 7], _metrics.Waits.Select(wait => wait.TotalSeconds));
        Assert.Equal([5], _metrics.Work.Select(work => work.TotalSeconds));
        Assert.Equal(0, _metrics.Depth[WorkQueuePriority.Normal]);
    }

    private async Task<string> TakeAsync() => (await _queue.GetAsync(Token))!.Value.Key;
}
