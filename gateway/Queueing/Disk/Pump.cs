namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>Work that is done by one thread at a time, and by none while there is nothing to do.</summary>
/// <param name="work">Does all that there is; must not throw.</param>
internal sealed class Pump(Action work)
{
    private const int Resting = 0;
    private const int Running = 1;
    private const int RunningAgain = 2;

    private readonly Lock _gate = new();
    private int _state;
    private TaskCompletionSource _idle = Done();

    /// <summary>There is something to do: it is begun before this call, or after.</summary>
    public void Kick()
    {
        lock (_gate)
        {
            if (_state != Resting)
            {
                _state = RunningAgain;
                return;
            }

            _state = Running;
            _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        ThreadPool.UnsafeQueueUserWorkItem(static pump => pump.Run(), this, preferLocal: false);
    }

    /// <summary>Completes when there is nothing to do.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _idle.Task;
        }
    }

    private static TaskCompletionSource Done()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }

    private void Run()
    {
        while (true)
        {
            work();
            lock (_gate)
            {
                if (_state == Running)
                {
                    _state = Resting;
                    _idle.SetResult();
                    return;
                }

                _state = Running;
            }
        }
    }
}
