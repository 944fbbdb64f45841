using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Controllers;

public sealed class ControllerTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly WidgetStore _store = new();
    private readonly WidgetController _widgets = new();
    private readonly object _scope = new();
    private readonly MetricsExposition _exposition;
    private readonly RuntimeMetrics _metrics;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private Task _run = Task.CompletedTask;

    public ControllerTests()
    {
        _exposition = new MetricsExposition(new MetricsExpositionOptions { Includes = meter => ReferenceEquals(meter.Scope, _scope) });
        _metrics = new RuntimeMetrics(_scope);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _abort.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
        _stop.Dispose();
        _abort.Dispose();
        _metrics.Dispose();
        _exposition.Dispose();
    }

    [Fact]
    public async Task A_key_is_reconciled_with_a_copy_of_its_own()
    {
        var controller = Start();
        var key = _store.Put("a", size: 3);
        _widgets.OnReconcile = (widget, _) =>
        {
            widget.Size = 99;
            return Task.FromResult(ReconciliationResult.Success());
        };

        controller.Enqueue(key);
        await CalledAsync(1);

        Assert.Equal(["reconcile a"], _widgets.Calls);
        Assert.Equal(3, _store.Get(key)!.Size);
    }

    [Fact]
    public async Task A_key_that_is_gone_is_told_as_deleted()
    {
        var controller = Start();

        controller.Enqueue(new ObjectKey("shop", "gone"));
        controller.Enqueue(new ObjectKey("shop", "gone"), WorkKind.Status);
        await CalledAsync(1);

        Assert.Equal(["deleted gone"], _widgets.Calls);
    }

    [Fact]
    public async Task A_failure_is_tried_again_until_it_succeeds_and_then_forgotten()
    {
        var controller = Start();
        var failures = 12;
        _widgets.OnReconcile = (_, _) => Task.FromResult(
            failures-- > 0 ? ReconciliationResult.Failure("SentryDown", "503") : ReconciliationResult.Success());

        controller.Enqueue(_store.Put("a"));
        for (var call = 1; call <= 12; call++)
        {
            await CountedAsync("controller_runtime_reconcile_total", "error", call);
            _time.Advance(_time.NextDue!.Value - _time.GetUtcNow());
        }

        await CountedAsync("controller_runtime_reconcile_total", "success", 1);
        Assert.Contains("controller_runtime_reconcile_errors_total{controller=\"widget\"} 12\n", _exposition.Render(), StringComparison.Ordinal);
        Assert.Contains("controller_runtime_reconcile_panics_total{controller=\"widget\"} 0\n", _exposition.Render(), StringComparison.Ordinal);
        Assert.Equal(0, _time.PendingTimers);
    }

    [Fact]
    public async Task An_exception_is_a_failure_and_an_unexpected_one_counts_as_a_panic()
    {
        var controller = Start();
        var errors = new Queue<Exception>([new InvalidOperationException("a defect"), Answers.Conflict()]);
        _widgets.OnReconcile = (_, _) => errors.TryDequeue(out var error) ? throw error : Task.FromResult(ReconciliationResult.Success());

        controller.Enqueue(_store.Put("a"));
        for (var call = 1; call <= 2; call++)
        {
            await CountedAsync("controller_runtime_reconcile_total", "error", call);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        await CountedAsync("controller_runtime_reconcile_total", "success", 1);
        Assert.Contains("controller_runtime_reconcile_panics_total{controller=\"widget\"} 1\n", _exposition.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_terminal_failure_is_counted_and_not_tried_again()
    {
        var controller = Start();
        _widgets.OnReconcile = (_, _) => Task.FromResult(ReconciliationResult.Terminal("BadSpec", "url is no URL"));

        controller.Enqueue(_store.Put("a"));
        await CountedAsync("controller_runtime_reconcile_total", "error", 1);

        Assert.Equal(0, _time.PendingTimers);
        Assert.Contains("controller_runtime_terminal_reconcile_errors_total{controller=\"widget\"} 1\n", _exposition.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_requeue_comes_after_its_delay()
    {
        var controller = Start();
        _widgets.OnReconcile = (_, _) => Task.FromResult(ReconciliationResult.RequeueAfter(TimeSpan.FromMinutes(5)));

        controller.Enqueue(_store.Put("a"));
        await CountedAsync("controller_runtime_reconcile_total", "requeue_after", 1);
        Assert.Equal(_time.GetUtcNow().AddMinutes(5), _time.NextDue);
        _time.Advance(TimeSpan.FromMinutes(5));

        await CountedAsync("controller_runtime_reconcile_total", "requeue_after", 2);
    }

    [Fact]
    public async Task A_reconcile_that_takes_too_long_is_cancelled_counted_and_tried_again()
    {
        var controller = Start(new ControllerOptions { ReconciliationTimeout = TimeSpan.FromMinutes(1) });
        var hangs = true;
        _widgets.OnReconcile = async (_, token) =>
        {
            if (hangs)
            {
                hangs = false;
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }

            return ReconciliationResult.Success();
        };

        controller.Enqueue(_store.Put("a"));
        await CalledAsync(1);
        _time.Advance(TimeSpan.FromMinutes(1));
        await CountedAsync("controller_runtime_reconcile_total", "error", 1);
        _time.Advance(TimeSpan.FromSeconds(1));

        await CountedAsync("controller_runtime_reconcile_total", "success", 1);
        Assert.Contains("controller_runtime_reconcile_timeouts_total{controller=\"widget\"} 1\n", _exposition.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Different_keys_run_side_by_side_up_to_the_limit_and_one_key_never_with_itself()
    {
        var controller = Start(new ControllerOptions { MaxConcurrentReconciles = 3, MaxConcurrentStatusReconciles = 3 });
        using var gate = new SemaphoreSlim(0);
        _widgets.OnReconcile = async (_, token) =>
        {
            await gate.WaitAsync(token);
            return ReconciliationResult.Success();
        };

        EnqueueFiveKeys();
        await Eventually.HoldsAsync(() => _widgets.MostAtOnce >= 3, TimeSpan.FromSeconds(30), "three workers", Token);
        for (var round = 0; round < 20; round++)
        {
            EnqueueFiveKeys();
            gate.Release(3);
            await Task.Yield();
        }

        gate.Release(1000);
        await Eventually.HoldsAsync(() => Value("controller_runtime_active_workers{controller=\"widget\"}") == 0 && Value("workqueue_depth{name=\"widget\",controller=\"widget\",priority=\"0\"}") == 0, TimeSpan.FromSeconds(30), "all done", Token);
        Assert.False(_widgets.Overlapped);
        Assert.InRange(_widgets.MostAtOnce, 3, 6);

        void EnqueueFiveKeys()
        {
            for (var key = 0; key < 5; key++)
            {
                controller.Enqueue(_store.Put($"k{key}"));
                controller.Enqueue(_store.Put($"k{key}"), WorkKind.Status);
            }
        }
    }

    [Fact]
    public async Task A_status_pass_waits_for_the_reconcile_of_its_key_without_holding_a_worker()
    {
        var controller = Start();
        var hold = new TaskCompletionSource();
        _widgets.OnReconcile = async (_, _) =>
        {
            await hold.Task;
            return ReconciliationResult.Success();
        };
        var a = _store.Put("a");
        controller.Enqueue(a);
        await CalledAsync(1);

        controller.Enqueue(a, WorkKind.Status);
        controller.Enqueue(_store.Put("b"), WorkKind.Status);
        await CalledAsync(2);
        Assert.Equal(["reconcile a", "status b"], _widgets.Calls);

        hold.SetResult();
        await CalledAsync(3);
        Assert.Equal("status a", _widgets.Calls.Last());
        Assert.False(_widgets.Overlapped);
    }

    [Fact]
    public async Task A_stop_lets_running_reconciles_end_and_begins_no_others()
    {
        var controller = Start();
        var hold = new TaskCompletionSource();
        _widgets.OnReconcile = async (_, token) =>
        {
            await hold.Task.WaitAsync(token);
            return ReconciliationResult.Success();
        };
        controller.Enqueue(_store.Put("a"));
        await CalledAsync(1);
        controller.Enqueue(_store.Put("b"));

        await _stop.CancelAsync();
        Assert.False(_run.IsCompleted);
        hold.SetResult();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(["reconcile a"], _widgets.Calls);
        Assert.Equal(1, Value("controller_runtime_reconcile_total{controller=\"widget\",result=\"success\"}"));
    }

    [Fact]
    public async Task An_abort_cancels_what_runs_and_counts_no_failure()
    {
        var controller = Start();
        _widgets.OnReconcile = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return ReconciliationResult.Success();
        };
        controller.Enqueue(_store.Put("a"));
        await CalledAsync(1);

        await _stop.CancelAsync();
        await _abort.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), Token);

        Assert.Equal(0, Value("controller_runtime_reconcile_total{controller=\"widget\",result=\"error\"}"));
    }

    [Fact]
    public async Task A_worker_that_is_stuck_fails_the_liveness_check()
    {
        var controller = Start(new ControllerOptions { StuckAfter = TimeSpan.FromMinutes(30) });
        _widgets.OnReconcile = async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return ReconciliationResult.Success();
        };
        controller.Enqueue(_store.Put("a"));
        await CalledAsync(1);

        _time.Advance(TimeSpan.FromMinutes(30));
        Assert.True(((IController)controller).Check().IsHealthy);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(((IController)controller).Check().IsHealthy);
    }

    private Controller<Widget> Start(ControllerOptions? options = null)
    {
        var controller = new Controller<Widget>(
            "widget", _widgets, _store, WidgetJsonContext.Default.Widget, options ?? new ControllerOptions(),
            new ControllerServices(_time, new Random(1), _metrics, NullLogger.Instance));
        _run = ((IController)controller).RunAsync(_stop.Token, _abort.Token);
        return controller;
    }

    private Task CalledAsync(int count) =>
        Eventually.HoldsAsync(() => _widgets.Calls.Count >= count, TimeSpan.FromSeconds(30), $"{count} calls", Token);

    /// <summary>The result has been counted, and its key put back where it belongs.</summary>
    private Task CountedAsync(string metric, string result, int count) => Eventually.HoldsAsync(
        () => Value($"{metric}{{controller=\"widget\",result=\"{result}\"}}") == count && Value("controller_runtime_active_workers{controller=\"widget\"}") == 0,
        TimeSpan.FromSeconds(30), $"{count} {result}", Token);

    private double Value(string series)
    {
        var line = _exposition.Render().Split('\n').Single(text => text.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);
    }
}
