using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Sending;

/// <summary>
/// Decides which queue works next. Compressing and sending have their own places and their own turns, both fair by bytes. Projects that fail or answer slowly hold half
/// of the senders at most, all together; one that nothing is known of yet holds one; and an attempt that waits long for its answer gives its sender back, but its project gets no
/// other until the answer is there.
/// </summary>
internal sealed class SendScheduler : IDisposable
{
    /// <summary>Sentry's Relay answers within milliseconds, since it only queues.</summary>
    internal static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(1);

    private readonly Func<ProjectQueue, QueueWork, CancellationToken, Task> _work;
    private readonly MonotonicClock _clock;
    private readonly TaskScheduler _tasks;
    private readonly int _sealers = Environment.ProcessorCount;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly FairTurns _seals = new(queue => queue.Turns.Seal, queue => queue.NextSeal(), queue => queue.SealDue());
    private readonly FairTurns _sends = new(queue => queue.Turns.Send, queue => queue.NextSend(), queue => queue.SendDue());
    private readonly Queue<Attempt> _young = new();
    private readonly Func<ProjectQueue, bool> _maySend;
    private readonly ITimer _timer;
    private SendCapacity _capacity;
    private int _sealing;
    private int _sending;
    private int _sendingForTroubled;
    private int _overdue;
    private int _running;
    private TaskCompletionSource _idle = Completed();

    /// <param name="capacity">Batches on the way at a time.</param>
    /// <param name="work">Does a piece of work; must not throw.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="tasks">Where the work runs; null for the thread pool.</param>
    public SendScheduler(SendCapacity capacity, Func<ProjectQueue, QueueWork, CancellationToken, Task> work, MonotonicClock clock, TaskScheduler? tasks = null)
    {
        _capacity = capacity;
        _work = work;
        _clock = clock;
        _tasks = tasks ?? TaskScheduler.Default;
        _maySend = MaySendLocked;
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
    public void Resize(SendCapacity capacity)
    {
        lock (_gate)
        {
            _capacity = capacity;
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
        _seals.Schedule(queue);
        _sends.Schedule(queue);
    }

    private void PumpLocked()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        var now = _clock.Now;
        SetOverdueAsideLocked(now);
        _seals.Admit(now);
        _sends.Admit(now);
        while (_sealing < _sealers && _seals.Next(static _ => true) is { } queue)
        {
            if (queue.TryTakeSeal() is { } work)
            {
                _sealing++;
                StartLocked(queue, work, null);
            }
        }

        while (_sending < _capacity.Senders && _sends.Next(_maySend) is { } queue)
        {
            if (queue.TryTakeSend() is { } work)
            {
                StartLocked(queue, work, BeginLocked(queue, now));
            }
        }

        ArmLocked(now);
    }

    private bool MaySendLocked(ProjectQueue queue) =>
        MaySendMoreLocked(queue.Turns) && (!IsTroubled(queue) || _sendingForTroubled < Math.Max(1, _capacity.Senders / 2));

    // One sender for everybody who needs one; another only while twice as many are free as the project holds, so that many that begin to hang at once take one each.
    private bool MaySendMoreLocked(QueueTurns turns) =>
        turns.InFlight == 0 || (turns.HasAnswered && turns.Overdue == 0 && turns.InFlight * 2 <= _capacity.Senders - _sending);

    private static bool IsTroubled(ProjectQueue queue) => queue.Turns.IsSlow || queue.IsFailing;

    private Attempt BeginLocked(ProjectQueue queue, TimeSpan now)
    {
        var attempt = new Attempt(queue, now, IsTroubled(queue));
        _young.Enqueue(attempt);
        _sending++;
        _sendingForTroubled += attempt.IsTroubled ? 1 : 0;
        queue.Turns.InFlight++;
        return attempt;
    }

    // In the order of their start, which is that of their age.
    private void SetOverdueAsideLocked(TimeSpan now)
    {
        while (_young.TryPeek(out var oldest) && (oldest.IsDone || (oldest.Started + SlowAfter <= now && _overdue < _capacity.Overdue)))
        {
            _young.Dequeue();
            if (!oldest.IsDone)
            {
                oldest.IsOverdue = true;
                oldest.Queue.Turns.Overdue++;
                _overdue++;
                LeaveSenderLocked(oldest);
            }
        }
    }

    private void LeaveSenderLocked(Attempt attempt)
    {
        _sending--;
        _sendingForTroubled -= attempt.IsTroubled ? 1 : 0;
    }

    private void EndLocked(Attempt attempt)
    {
        attempt.IsDone = true;
        var turns = attempt.Queue.Turns;
        turns.InFlight--;
        turns.HasAnswered = true;
        turns.LastWasSlow = _clock.Now - attempt.Started >= SlowAfter;
        if (attempt.IsOverdue)
        {
            turns.Overdue--;
            _overdue--;
        }
        else
        {
            LeaveSenderLocked(attempt);
        }
    }

    private void StartLocked(ProjectQueue queue, QueueWork work, Attempt? attempt)
    {
        if (_running++ == 0)
        {
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = Task.Factory.StartNew(() => RunAsync(queue, work, attempt), CancellationToken.None, TaskCreationOptions.DenyChildAttach, _tasks);
    }

    private async Task RunAsync(ProjectQueue queue, QueueWork work, Attempt? attempt)
    {
        try
        {
            await _work(queue, work, _stop.Token);
        }
        finally
        {
            lock (_gate)
            {
                if (attempt is null)
                {
                    _sealing--;
                }
                else
                {
                    EndLocked(attempt);
                }

                ScheduleLocked(queue);
                PumpLocked();
                if (--_running == 0)
                {
                    _idle.TrySetResult();
                }
            }
        }
    }

    private void ArmLocked(TimeSpan now)
    {
        var next = TimeSpan.MaxValue;
        next = _seals.NextDue is { } seal && seal < next ? seal : next;
        next = _sends.NextDue is { } send && send < next ? send : next;
        if (_young.TryPeek(out var oldest) && _overdue < _capacity.Overdue && oldest.Started + SlowAfter < next)
        {
            next = oldest.Started + SlowAfter;
        }

        var wait = next == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : next > now ? next - now : TimeSpan.Zero;
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private static TaskCompletionSource Completed()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private sealed class Attempt(ProjectQueue queue, TimeSpan started, bool isTroubled)
    {
        public ProjectQueue Queue { get; } = queue;

        public TimeSpan Started { get; } = started;

        public bool IsTroubled { get; } = isTroubled;

        public bool IsOverdue { get; set; }

        public bool IsDone { get; set; }
    }
}
