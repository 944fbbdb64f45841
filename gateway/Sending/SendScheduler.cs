using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Sending;

/// <summary>
/// Decides which queue works next. Queues wait in a heap by their due time and cost nothing until then; those that are due take turns,
/// one batch each. A queue whose project fails may hold half of the senders at most, all such queues together.
/// </summary>
internal sealed class SendScheduler : IDisposable
{
    private readonly Func<ProjectQueue, QueueWork, CancellationToken, Task> _work;
    private readonly MonotonicClock _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly PriorityQueue<ProjectQueue, TimeSpan> _waiting = new();
    private readonly Dictionary<ProjectQueue, TimeSpan> _dueAt = [];
    private readonly Queue<ProjectQueue> _turn = new();
    private readonly HashSet<ProjectQueue> _inTurn = [];
    private readonly ITimer _timer;
    private int _senders;
    private int _sending;
    private int _sendingForFailing;
    private int _running;
    private TaskCompletionSource _idle = Completed();

    /// <param name="senders">Batches on the way at a time.</param>
    /// <param name="work">Does a piece of work; must not throw.</param>
    /// <param name="clock">The clock.</param>
    public SendScheduler(int senders, Func<ProjectQueue, QueueWork, CancellationToken, Task> work, MonotonicClock clock)
    {
        _senders = senders;
        _work = work;
        _clock = clock;
        _timer = clock.CreateTimer(Pump);
    }

    /// <summary>Looks at a queue again: it got data, or its reason to wait changed.</summary>
    public void Wake(ProjectQueue queue)
    {
        lock (_gate)
        {
            ScheduleLocked(queue);
            PumpLocked();
        }
    }

    /// <summary>Allows another number of batches on the way at a time.</summary>
    public void Resize(int senders)
    {
        lock (_gate)
        {
            _senders = senders;
            PumpLocked();
        }
    }

    /// <summary>Completes when no work runs and none is due.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _idle.Task;
        }
    }

    /// <summary>Ends the attempts that run; nothing is handed out any more.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _timer.Dispose();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private void Pump()
    {
        lock (_gate)
        {
            PumpLocked();
        }
    }

    private void ScheduleLocked(ProjectQueue queue)
    {
        if (_inTurn.Contains(queue))
        {
            return;
        }

        if (queue.NextDue() is not { } due)
        {
            _dueAt.Remove(queue);
        }
        else if (!_dueAt.TryGetValue(queue, out var known) || due < known)
        {
            // A later due time keeps the earlier entry: the queue is looked at then and put back, so the heap does not grow.
            _dueAt[queue] = due;
            _waiting.Enqueue(queue, due);
        }
    }

    private void PumpLocked()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        var now = _clock.Now;
        while (_waiting.TryPeek(out var queue, out var due) && due <= now)
        {
            _waiting.Dequeue();
            if (_dueAt.TryGetValue(queue, out var current) && current == due)
            {
                _dueAt.Remove(queue);
                if (_inTurn.Add(queue))
                {
                    _turn.Enqueue(queue);
                }
            }
        }

        TakeTurnsLocked();
        _timer.Change(_waiting.TryPeek(out _, out var next) ? Max(next - now, TimeSpan.Zero) : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void TakeTurnsLocked()
    {
        var passed = 0;
        while (passed < _turn.Count && _sending < _senders)
        {
            var queue = _turn.Dequeue();
            var failing = queue.IsFailing;
            if (failing && _sendingForFailing >= Math.Max(1, _senders / 2))
            {
                _turn.Enqueue(queue);
                passed++;
                continue;
            }

            if (queue.TryTake() is { } work)
            {
                _turn.Enqueue(queue);
                passed = 0;
                StartLocked(queue, work, failing);
            }
            else
            {
                _inTurn.Remove(queue);
                ScheduleLocked(queue);
            }
        }
    }

    private void StartLocked(ProjectQueue queue, QueueWork work, bool failing)
    {
        var isSending = work.Batch is not null;
        _sending += isSending ? 1 : 0;
        _sendingForFailing += isSending && failing ? 1 : 0;
        if (_running++ == 0)
        {
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = Task.Run(() => RunAsync(queue, work, isSending, failing));
    }

    private async Task RunAsync(ProjectQueue queue, QueueWork work, bool isSending, bool failing)
    {
        try
        {
            await _work(queue, work, _stop.Token);
        }
        finally
        {
            lock (_gate)
            {
                _sending -= isSending ? 1 : 0;
                _sendingForFailing -= isSending && failing ? 1 : 0;
                ScheduleLocked(queue);
                PumpLocked();
                if (--_running == 0)
                {
                    _idle.TrySetResult();
                }
            }
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
