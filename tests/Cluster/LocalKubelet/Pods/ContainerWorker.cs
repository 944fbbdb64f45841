using SentryOtel.Cluster.Objects;
using SentryOtel.Cluster.Probes;
using SentryOtel.Cluster.Processes;

namespace SentryOtel.Cluster.Pods;

/// <summary>Keeps one container running as a local process: starts, probes, restarts with back-off, stops.</summary>
/// <param name="container">The container.</param>
/// <param name="restartPolicy">Always, OnFailure or Never.</param>
/// <param name="podIP">Where its probes ask.</param>
/// <param name="logPath">The file for its output.</param>
/// <param name="backOff">How long restarts wait.</param>
/// <param name="prepare">Says what to start, now.</param>
/// <param name="changed">Called after each change of <see cref="State"/>.</param>
internal sealed class ContainerWorker(
    Container container,
    string restartPolicy,
    string podIP,
    string logPath,
    RestartBackOff backOff,
    Func<Container, CancellationToken, Task<ContainerCommand>> prepare,
    Action changed)
{
    private static readonly TimeSpan ConfigurationRetry = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private ContainerState _state = ContainerState.Initial;

    internal Container Container => container;

    internal string LogPath => logPath;

    internal LocalProcess? Process { get; private set; }

    internal ContainerState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Returns when the container has ended for good, or was stopped.</summary>
    /// <param name="grace">How long a stop waits between SIGTERM and SIGKILL, asked when the stop comes.</param>
    /// <param name="stop">Stops the container.</param>
    internal async Task RunAsync(Func<TimeSpan> grace, CancellationToken stop)
    {
        var delays = backOff.Begin();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var ended = await RunOnceAsync(await prepare(container, stop), grace, stop);
                if (stop.IsCancellationRequested || restartPolicy == "Never" || (restartPolicy == "OnFailure" && ended.ExitCode == 0))
                {
                    Change(state => state with { Ready = false, Started = false, Current = ended });
                    return;
                }
                var delay = delays.Next(ended.FinishedAt - ended.StartedAt);
                Change(state => state with
                {
                    Ready = false,
                    Started = false,
                    Current = new Waiting("CrashLoopBackOff", $"back-off {delay.TotalSeconds:0.#}s restarting failed container={container.Name}"),
                    Last = ended,
                });
                await Task.Delay(delay, stop);
                Change(state => state with { RestartCount = state.RestartCount + 1 });
            }
            catch (ContainerConfigurationException e)
            {
                Change(state => state with { Current = new Waiting(e.Reason, e.Message) });
                await Task.Delay(ConfigurationRetry, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task<Terminated> RunOnceAsync(ContainerCommand command, Func<TimeSpan> grace, CancellationToken stop)
    {
        using var probes = new ContainerProbes(container, podIP);
        using var probing = new CancellationTokenSource();
        await using var process = Start(command);
        Process = process;
        var startedAt = TimeProvider.System.GetUtcNow();
        Change(state => state with { Current = new Running(startedAt) });

        var unhealthy = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asking = probes.RunAsync(
            () => Change(state => state with { Started = true }),
            ready => Change(state => state with { Ready = ready }),
            why => unhealthy.TrySetResult(why),
            probing.Token);
        await Task.WhenAny(process.Exited, unhealthy.Task, Task.Delay(Timeout.Infinite, stop));
        // Does nothing more than wait when it has ended by itself.
        await process.StopAsync(grace());

        await probing.CancelAsync();
        await asking.ContinueWith(_ => { }, TaskScheduler.Default);
        Process = null;
        var message = unhealthy.Task.IsCompletedSuccessfully ? await unhealthy.Task : string.Empty;
        return new Terminated(await process.Exited, message, startedAt, TimeProvider.System.GetUtcNow());
    }

    private LocalProcess Start(ContainerCommand command)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(logPath)!);
        try
        {
            return LocalProcess.Start(command.Program, command.Arguments, logPath, command.Environment, command.WorkingDirectory);
        }
        catch (FileNotFoundException e)
        {
            throw new ContainerConfigurationException("ErrImageNeverPull", e.Message);
        }
    }

    private void Change(Func<ContainerState, ContainerState> change)
    {
        lock (_gate)
        {
            _state = change(_state);
        }
        changed();
    }
}
