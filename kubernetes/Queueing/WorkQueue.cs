using System.Diagnostics.CodeAnalysis;

namespace SentryOtel.Kubernetes.Queueing;

/// <summary>
/// client-go's work queue: a key waits at most once, two workers never hold the same key, and a key added while it is
/// being worked on comes back when the worker is done, so no wake-up is lost. Keys only: the object is read from the
/// cache when its turn comes. Thread safe.
/// </summary>
/// <typeparam name="TKey">A small value with equality, such as ObjectKey.</typeparam>
[SuppressMessage("Naming", "CA1711", Justification = "The name that client-go and controller-runtime gave it.")]
public sealed class WorkQueue<TKey> : IDisposable
    where TKey : notnull
{
    // Timers can not wait longer than about 49 days; a longer delay is re-armed.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(30);

    private readonly Lock _gate = new();
    private readonly ReadyItems<TKey> _ready = new();
    private readonly DelayedItems<TKey> _delayed = new();
    private readonly Dictionary<TKey, int> _dirty = [];
    private readonly Dictionary<TKey, long> _processing = [];
    private readonly LinkedList<TaskCompletionSource<WorkQueueItem<TKey>?>> _waiters = [];
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IRateLimiter<TKey> _rateLimiter;
    private readonly TimeProvider _timeProvider;
    private readonly IWorkQueueMetrics? _metrics;
    private readonly ITimer _timer;
    private bool _shuttingDown;

    /// <summary>Creates an empty queue.</summary>
    /// <param name="rateLimiter">Delays of <see cref="AddRateLimited"/>.</param>
    /// <param name="timeProvider">The clock of delays and of the metrics.</param>
    /// <param name="metrics">Where to count; may be null.</param>
    public WorkQueue(IRateLimiter<TKey> rateLimiter, TimeProvider timeProvider, IWorkQueueMetrics? metrics = null)
    {
        ArgumentNullException.ThrowIfNull(rateLimiter);
        ArgumentNullException.ThrowIfNull(timeProvider);
        _rateLimiter = rateLimiter;
        _timeProvider = timeProvider;
        _metrics = metrics;
        _timer = timeProvider.CreateTimer(
            static state => ((WorkQueue<TKey>)state!).MoveDueItems(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Keys that wait for a worker (without delayed ones and those being worked on).</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>Keys being worked on.</summary>
    public int ProcessingCount
    {
        get
        {
            lock (_gate)
            {
                return _processing.Count;
            }
        }
    }

    /// <summary>Keys whose delay has not passed.</summary>
    public int DelayedCount
    {
        get
        {
            lock (_gate)
            {
                return _delayed.Count;
            }
        }
    }

    /// <summary>True once <see cref="ShutDown"/> was called.</summary>
    public bool IsShuttingDown
    {
        get
        {
            lock (_gate)
            {
                return _shuttingDown;
            }
        }
    }

    /// <summary>The summed age of the work in progress.</summary>
    public TimeSpan UnfinishedWork
    {
        get
        {
            lock (_gate)
            {
                var now = _timeProvider.GetTimestamp();
                return _processing.Values.Aggregate(
                    TimeSpan.Zero, (sum, started) => sum + _timeProvider.GetElapsedTime(started, now));
            }
        }
    }

    /// <summary>The age of the oldest work in progress; zero when there is none.</summary>
    public TimeSpan LongestRunning
    {
        get
        {
            lock (_gate)
            {
                return _processing.Count == 0 ? TimeSpan.Zero : _timeProvider.GetElapsedTime(_processing.Values.Min());
            }
        }
    }

    /// <summary>
    /// Adds a key now. A key that waits already stays where it is (a higher priority lifts it); one that is being worked
    /// on comes back after <see cref="Done"/>. Ignored once the queue shuts down.
    /// </summary>
    public void Add(TKey key, int priority = WorkQueuePriority.Normal)
    {
        lock (_gate)
        {
            AddLocked(key, priority);
        }
    }

    /// <summary>Adds a key after a delay. Of several delays of one key the earliest wins; zero or less means now.</summary>
    public void AddAfter(TKey key, TimeSpan delay, int priority = WorkQueuePriority.Normal)
    {
        lock (_gate)
        {
            if (delay <= TimeSpan.Zero)
            {
                AddLocked(key, priority);
            }
            else if (!_shuttingDown)
            {
                var ticks = delay.TotalSeconds * _timeProvider.TimestampFrequency;
                _delayed.Add(key, _timeProvider.GetTimestamp() + (long)Math.Min(Math.Ceiling(ticks), long.MaxValue / 4), priority);
                ArmTimer();
            }
        }
    }

    /// <summary>Adds a key after the delay its rate limiter asks for: the answer to a failure. It never gives up.</summary>
    public void AddRateLimited(TKey key, int priority = WorkQueuePriority.Normal)
    {
        _metrics?.Retried();
        AddAfter(key, _rateLimiter.When(key), priority);
    }

    /// <summary>Resets the back-off of a key, to be called on success.</summary>
    public void Forget(TKey key) => _rateLimiter.Forget(key);

    /// <summary>How often the key has failed since it last succeeded.</summary>
    public int NumRequeues(TKey key) => _rateLimiter.NumRequeues(key);

    /// <summary>
    /// Waits for a key to work on; null when the queue is shut down and empty. The caller must call <see cref="Done"/>.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; no key was taken.</exception>
    public async ValueTask<WorkQueueItem<TKey>?> GetAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        LinkedListNode<TaskCompletionSource<WorkQueueItem<TKey>?>> waiter;
        lock (_gate)
        {
            if (TryTakeLocked() is { } item)
            {
                return item;
            }

            if (_shuttingDown)
            {
                return null;
            }

            waiter = _waiters.AddLast(
                new TaskCompletionSource<WorkQueueItem<TKey>?>(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        await using var registration = cancellationToken.UnsafeRegister(
            _ =>
            {
                lock (_gate)
                {
                    // Losing this race means that the waiter has been given a key: then the key wins, not the token.
                    if (waiter.List is not null)
                    {
                        _waiters.Remove(waiter);
                        waiter.Value.SetCanceled(cancellationToken);
                    }
                }
            },
            null);
        return await waiter.Value.Task.ConfigureAwait(false);
    }

    /// <summary>Tells that the work on a key has ended, whatever came of it.</summary>
    /// <exception cref="InvalidOperationException">The key was not being worked on.</exception>
    public void Done(TKey key)
    {
        lock (_gate)
        {
            if (!_processing.Remove(key, out var started))
            {
                throw new InvalidOperationException($"Done was called for {key}, which no worker holds.");
            }

            _metrics?.Worked(_timeProvider.GetElapsedTime(started));
            if (_dirty.TryGetValue(key, out var priority))
            {
                AppendLocked(key, priority);
            }

            CompleteDrain();
        }
    }

    /// <summary>Takes no more keys, drops delayed ones; workers get what waits and then null.</summary>
    public void ShutDown()
    {
        lock (_gate)
        {
            _shuttingDown = true;
            _delayed.Clear();
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            foreach (var waiter in _waiters)
            {
                waiter.SetResult(null);
            }

            _waiters.Clear();
            CompleteDrain();
        }
    }

    /// <summary>Like <see cref="ShutDown"/>, and waits until the workers have finished all that waited.</summary>
    public Task ShutDownWithDrainAsync(CancellationToken cancellationToken)
    {
        ShutDown();
        return _drained.Task.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ShutDown();
        _timer.Dispose();
    }

    private void AddLocked(TKey key, int priority)
    {
        if (_shuttingDown)
        {
            return;
        }

        if (_dirty.TryGetValue(key, out var known))
        {
            _dirty[key] = Math.Max(known, priority);
            if (_ready.Raise(key, priority) is { } old)
            {
                _metrics?.DepthChanged(old, -1);
                _metrics?.DepthChanged(priority, 1);
            }

            return;
        }

        _metrics?.Added();
        _dirty.Add(key, priority);
        if (!_processing.ContainsKey(key))
        {
            AppendLocked(key, priority);
        }
    }

    private void AppendLocked(TKey key, int priority)
    {
        _ready.Append(key, priority, _timeProvider.GetTimestamp());
        _metrics?.DepthChanged(priority, 1);
        while (_waiters.First is { } waiter && TryTakeLocked() is { } item)
        {
            _waiters.RemoveFirst();
            waiter.Value.SetResult(item);
        }
    }

    private WorkQueueItem<TKey>? TryTakeLocked()
    {
        if (!_ready.TryTake(out var key, out var priority, out var added))
        {
            return null;
        }

        var now = _timeProvider.GetTimestamp();
        _dirty.Remove(key);
        _processing.Add(key, now);
        _metrics?.DepthChanged(priority, -1);
        _metrics?.Dequeued(_timeProvider.GetElapsedTime(added, now));
        return new WorkQueueItem<TKey>(key, priority);
    }

    private void MoveDueItems()
    {
        lock (_gate)
        {
            while (_delayed.TryTakeDue(_timeProvider.GetTimestamp(), out var key, out var priority))
            {
                AddLocked(key, priority);
            }

            ArmTimer();
        }
    }

    private void ArmTimer()
    {
        if (_delayed.NextDue is not { } due)
        {
            return;
        }

        var wait = _timeProvider.GetElapsedTime(_timeProvider.GetTimestamp(), due);
        // Whole milliseconds, rounded up: a timer truncates, and one that fires early finds nothing due.
        wait = TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));
        _timer.Change(wait < LongestTimer ? wait : LongestTimer, Timeout.InfiniteTimeSpan);
    }

    private void CompleteDrain()
    {
        if (_shuttingDown && _ready.Count == 0 && _processing.Count == 0)
        {
            _drained.TrySetResult();
        }
    }
}
