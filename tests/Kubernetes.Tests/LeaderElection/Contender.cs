using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.LeaderElection;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.LeaderElection;

/// <summary>An elector that runs, and the work that it guards.</summary>
internal sealed class Contender : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _leads = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TurnClock _clock;

    public Contender(LeaseServer server, TimeProvider time, string identity, Func<LeaderElectionOptions, LeaderElectionOptions>? change = null)
    {
        _clock = new TurnClock(time);
        Connection = server.Connect();
        var options = new LeaderElectionOptions { LeaseName = "operator", LeaseNamespace = "sentry", Identity = identity };
        Elector = new LeaderElector(Connection, change?.Invoke(options) ?? options, _clock, new Random(7), NullLogger.Instance);
        Run = Elector.RunAsync(LeadAsync, _stop.Token);
    }

    public LeaseServer.Connection Connection { get; }

    public LeaderElector Elector { get; }

    public Task Run { get; }

    public bool DrainsSlowly { get; init; }

    public TaskCompletionSource Drained { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool WasAborted => _aborted.Task.IsCompleted;

    public Task LeadsAsync() => _leads.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);

    public Task StopAsync() => _stop.CancelAsync();

    /// <summary>Waits until the elector waits on its clock (or for an answer that never comes), or has ended.</summary>
    public Task SettleAsync(CancellationToken cancellationToken) => Eventually.HoldsAsync(
        () => Run.IsCompleted || _clock.Delays || (Connection.Hang && _clock.Waits), TimeSpan.FromSeconds(30), "the elector's turn", cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Drained.TrySetResult();
        _ = Run.ContinueWith(static run => run.Exception, TaskScheduler.Default);
        _stop.Dispose();
    }

    private async Task LeadAsync(CancellationToken stopping, CancellationToken lost)
    {
        await using var abort = lost.Register(_aborted.SetResult);
        _leads.SetResult();
        var stopped = new TaskCompletionSource();
        await using var stop = stopping.Register(stopped.SetResult);
        await Task.WhenAny(stopped.Task, _aborted.Task);
        if (DrainsSlowly)
        {
            await Drained.Task;
        }
    }
}
