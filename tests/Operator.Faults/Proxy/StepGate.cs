using System.Diagnostics;

namespace SentryOtel.Operator.Faults.Proxy;

/// <summary>
/// What lies between one operator and all that it changes. Lists the changes in their order, and kills the operator at a chosen one: from that moment on
/// nothing of the dead process gets through.
/// </summary>
internal sealed class StepGate
{
    // Longer than between two requests of one pass, on a busy machine too.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Step> _steps = [];
    private TaskCompletionSource _killed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<Task> _kill = static () => Task.CompletedTask;
    private Step? _target;
    private Moment _moment;
    private bool _counting;
    private volatile bool _closed;
    private long _requests;
    private long _lastRequest;

    /// <summary>Whether the operator has been killed and none has taken its place.</summary>
    public bool IsClosed => _closed;

    /// <summary>Completes when the operator was killed at the step that was chosen last.</summary>
    public Task Killed
    {
        get
        {
            lock (_gate)
            {
                return _killed.Task;
            }
        }
    }

    /// <summary>The changes since <see cref="Begin"/>.</summary>
    public IReadOnlyList<Step> Steps
    {
        get
        {
            lock (_gate)
            {
                return [.. _steps];
            }
        }
    }

    /// <summary>Counts steps from now on.</summary>
    public void Begin()
    {
        lock (_gate)
        {
            _counting = true;
        }
    }

    /// <summary>Kills the operator at a step to come.</summary>
    public void KillAt(Step target, Moment moment)
    {
        lock (_gate)
        {
            (_target, _moment, _killed) = (target, moment, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }
    }

    /// <summary>Kills no more. False when it has killed, or is about to.</summary>
    public bool TrySpare()
    {
        lock (_gate)
        {
            _target = null;
            return !_closed;
        }
    }

    /// <summary>A process runs and may pass.</summary>
    /// <param name="kill">Kills it, and returns when it is dead.</param>
    public void Open(Func<Task> kill)
    {
        lock (_gate)
        {
            _kill = kill;
            _requests = 0;
            _closed = false;
        }
    }

    /// <summary>Notes a request; the step that it is, or null when it changes nothing or nobody counts yet.</summary>
    public Step? Enter(string? name)
    {
        lock (_gate)
        {
            _requests++;
            _lastRequest = Stopwatch.GetTimestamp();
            if (name is null || !_counting || _closed)
            {
                return null;
            }

            var step = new Step(name, _steps.Count(known => known.Name == name) + 1);
            _steps.Add(step);
            return step;
        }
    }

    /// <summary>Kills the operator when this is the chosen moment. True when the request must not go on.</summary>
    public async Task<bool> CutsAsync(Step? step, Moment moment)
    {
        Func<Task> kill;
        TaskCompletionSource killed;
        lock (_gate)
        {
            if (_closed)
            {
                return moment == Moment.Before;
            }

            if (step is null || step != _target || moment != _moment)
            {
                return false;
            }

            (_closed, _target, kill, killed) = (true, null, _kill, _killed);
        }

        await kill();
        killed.SetResult();
        return true;
    }

    /// <summary>Whether the process that may pass has asked for something, and for a while no more.</summary>
    public bool IsQuiet
    {
        get
        {
            lock (_gate)
            {
                return !_closed && _requests > 0 && Stopwatch.GetElapsedTime(_lastRequest) > Pause;
            }
        }
    }
}
