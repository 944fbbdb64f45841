using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Testing;
using static SentryOtel.Kubernetes.Tests.Answers;

namespace SentryOtel.Kubernetes.Tests.Events;

public sealed class EventRecorderTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private readonly EventServer _server = new();
    private readonly object _scope = new();
    private readonly MetricsExposition _exposition;
    private readonly RuntimeMetrics _metrics;
    private readonly EventRecorder _recorder;
    private readonly TurnClock _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private Task _run = Task.CompletedTask;

    public EventRecorderTests()
    {
        _exposition = new MetricsExposition(new MetricsExpositionOptions { Includes = meter => ReferenceEquals(meter.Scope, _scope) });
        _metrics = new RuntimeMetrics(_scope);
        _clock = new TurnClock(_time);
        _recorder = new EventRecorder(_server, "sentry-otel.dev/operator", _clock, NullLogger.Instance, _metrics);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync()
    {
        _run = _recorder.RunAsync(_stop.Token, _abort.Token);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _abort.CancelAsync();
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        _stop.Dispose();
        _abort.Dispose();
        _metrics.Dispose();
        _exposition.Dispose();
    }

    [Fact]
    public async Task An_event_is_written_with_all_that_the_api_requires()
    {
        _recorder.Event(ConfigMap("one", "7"), EventType.Warning, "TokenRefused", "Reconcile", "The token was refused.", ConfigMap("other", "8"));
        await CreatedAsync(1);

        var written = Assert.Single(_server.Created);
        Assert.Matches("^one\\.[0-9a-f]+$", written.Metadata.Name);
        Assert.Equal("shop", written.Metadata.Namespace);
        Assert.Equal(("Warning", "TokenRefused", "Reconcile", "The token was refused."), (written.Type, written.Reason, written.Action, written.Note));
        Assert.Equal("sentry-otel.dev/operator", written.ReportingController);
        Assert.StartsWith("sentry-otel.dev-operator-", written.ReportingInstance, StringComparison.Ordinal);
        Assert.Equal(_time.GetUtcNow(), written.EventTime);
        Assert.Equal(("v1", "ConfigMap", "shop", "one", "uid-one", "7"), (written.Regarding!.ApiVersion, written.Regarding.Kind, written.Regarding.Namespace, written.Regarding.Name, written.Regarding.Uid, written.Regarding.ResourceVersion));
        Assert.Equal("other", written.Related!.Name);
        Assert.Null(written.Series);
    }

    [Fact]
    public async Task Texts_are_cut_to_the_limits_of_the_api_between_characters()
    {
        _recorder.Event(ConfigMap("one", "7"), EventType.Normal, new string('R', 200), "A", string.Concat(Enumerable.Repeat("😀", 400)));
        await CreatedAsync(1);

        Assert.Equal(128, _server.Created[0].Reason!.Length);
        Assert.InRange(Encoding.UTF8.GetByteCount(_server.Created[0].Note!), 1020, 1024);
        Assert.EndsWith("😀...", _server.Created[0].Note, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_events_of_a_cluster_scoped_object_live_in_default()
    {
        _recorder.Event(new V1Namespace { Metadata = { Name = "shop", Uid = "u" } }, EventType.Normal, "R", "A", "n");
        await CreatedAsync(1);

        Assert.Equal("default", _server.Created[0].Metadata.Namespace);
    }

    [Fact]
    public async Task A_repetition_within_six_minutes_begins_a_series_and_more_are_only_counted()
    {
        Record();
        await CreatedAsync(1);
        _time.Advance(TimeSpan.FromMinutes(5));
        Record();
        await PatchedAsync(1);
        Record();
        Record();
        await IdleAsync();

        Assert.Single(_server.Created);
        var (name, space, patch) = Assert.Single(_server.Patched);
        Assert.Equal((_server.Created[0].Metadata.Name, "shop"), (name, space));
        Assert.Equal("""{"series":{"count":2,"lastObservedTime":"2026-01-02T03:09:05.000000Z"}}""", patch.ToJsonString());
    }

    [Fact]
    public async Task A_series_is_written_once_more_when_it_has_been_silent_for_six_minutes_and_then_ends()
    {
        Record();
        Record();
        Record();
        await PatchedAsync(1);

        await PassAsync(minutes: 7);

        Assert.Equal(3, (int?)_server.Patched[^1].Patch["series"]!["count"]);
        Assert.Equal(2, _server.Patched.Count);
        Record();
        await CreatedAsync(2);
    }

    [Fact]
    public async Task A_series_that_goes_on_is_written_every_half_hour()
    {
        Record();
        Record();
        await PatchedAsync(1);

        for (var minute = 0; minute < 65; minute++)
        {
            Record();
            await PassAsync(minutes: 1);
        }

        Assert.Equal(3, _server.Patched.Count);
        Assert.Single(_server.Created);
    }

    [Fact]
    public async Task Another_note_is_the_same_event_and_another_reason_is_not()
    {
        Record(note: "first");
        Record(note: "second");
        Record(reason: "Other");
        await CreatedAsync(2);

        await PatchedAsync(1);
        Assert.Equal(["Refused", "Other"], _server.Created.Select(written => written.Reason));
    }

    [Fact]
    public async Task A_series_whose_event_the_server_has_forgotten_goes_on_as_a_new_event()
    {
        Record();
        await CreatedAsync(1);
        _server.PatchFailure = NotFound();

        Record();
        await CreatedAsync(2);

        Assert.Equal(2, _server.Created[1].Series!.Count);
        Assert.Equal(0, Counted("dropped_failed"));
    }

    [Fact]
    public async Task What_the_server_can_not_take_now_is_tried_twelve_times()
    {
        _server.Failure = InternalError();
        Record();
        for (var attempt = 1; attempt < 12; attempt++)
        {
            await Eventually.HoldsAsync(() => _server.Requests == attempt && _clock.Delays, TimeSpan.FromSeconds(30), $"attempt {attempt}", Token);
            _time.Advance(TimeSpan.FromSeconds(10));
        }

        await Eventually.HoldsAsync(() => Counted("dropped_failed") == 1, TimeSpan.FromSeconds(30), "the drop", Token);
        Assert.Equal(12, _server.Requests);
    }

    [Fact]
    public async Task What_the_server_refuses_is_not_tried_again()
    {
        _server.Failure = Status(System.Net.HttpStatusCode.Forbidden, "Forbidden");
        Record();

        await Eventually.HoldsAsync(() => Counted("dropped_failed") == 1, TimeSpan.FromSeconds(30), "the drop", Token);
        Assert.Equal(1, _server.Requests);
    }

    [Fact]
    public async Task When_the_queue_is_full_events_are_dropped_and_counted_and_nobody_waits()
    {
        _server.Hold = new TaskCompletionSource();
        Record(reason: "Held");
        await Eventually.HoldsAsync(() => _server.Requests == 1, TimeSpan.FromSeconds(30), "the first request", Token);

        for (var i = 0; i < EventRecorder.Capacity + 5; i++)
        {
            Record(reason: $"R{i}");
        }

        Assert.Equal(5, Counted("dropped_full"));
        _server.Hold.SetResult();
        await CreatedAsync(EventRecorder.Capacity + 1);
        Assert.Equal(EventRecorder.Capacity + 1, _server.Created.Select(written => written.Metadata.Name).Distinct().Count());
    }

    [Fact]
    public async Task A_stop_writes_what_is_queued_and_the_counts_of_open_series()
    {
        Record();
        Record();
        await PatchedAsync(1);
        _server.Hold = new TaskCompletionSource();
        Record(reason: "Late");
        Record();

        await _stop.CancelAsync();
        _server.Hold.SetResult();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal("Late", _server.Created[^1].Reason);
        Assert.Equal(3, (int?)_server.Patched[^1].Patch["series"]!["count"]);
    }

    [Fact]
    public async Task An_aborted_stop_counts_what_it_leaves()
    {
        _server.Hold = new TaskCompletionSource();
        Record(reason: "A");
        Record(reason: "B");
        await Eventually.HoldsAsync(() => _server.Requests == 1, TimeSpan.FromSeconds(30), "the first request", Token);

        await _stop.CancelAsync();
        await _abort.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(2, Counted("dropped_failed"));
    }

    private void Record(string reason = "Refused", string note = "note") =>
        _recorder.Event(ConfigMap("one", "7"), EventType.Warning, reason, "Reconcile", note);

    private Task CreatedAsync(int count) =>
        Eventually.HoldsAsync(() => _server.Created.Count == count, TimeSpan.FromSeconds(30), $"{count} events", Token);

    private Task PatchedAsync(int count) =>
        Eventually.HoldsAsync(() => _server.Patched.Count == count, TimeSpan.FromSeconds(30), $"{count} patches", Token);

    /// <summary>The recorder waits for its next event or sweep.</summary>
    private Task IdleAsync() => Eventually.HoldsAsync(
        () => _recorder.QueueLength == 0 && _clock.Waits, TimeSpan.FromSeconds(30), "an idle recorder", Token);

    private async Task PassAsync(int minutes)
    {
        for (var minute = 0; minute < minutes; minute++)
        {
            await IdleAsync();
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        await IdleAsync();
    }

    private long Counted(string result)
    {
        var line = _exposition.Render().Split('\n').Single(text => text.StartsWith($"event_recorder_events_total{{result=\"{result}\"}}", StringComparison.Ordinal));
        return long.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
    }
}
