using System.Collections.Concurrent;
using SentryOtel.Operator.Faults.Proxy;
using SentryOtel.Operator.Faults.Scenarios;
using SentryOtel.Operator.Faults.World;

namespace SentryOtel.Operator.Faults.Crashes;

/// <summary>
/// Runs a scenario once to learn its steps, then once for each step in a world of its own, where the operator is killed before the step, and the next process
/// after it. The steps are what was seen, so that a new one is covered by itself; of those that repeat, the first two; of a route's status, which notes a create and what became of it, the first three.
/// </summary>
internal sealed class CrashMatrix(FaultCluster cluster, Func<Scenario> scenario)
{
    // Worlds mostly wait, for processes to start and for quiet.
    private const int WorldsAtOnce = 4;

    // A status is written again and again while pods come up; the third time is no other step than the second.
    private const int Repetitions = 2;

    private const int RepetitionsOfRoutes = 3;

    private readonly ConcurrentQueue<string> _failures = new();
    private readonly ConcurrentQueue<(Step Step, Moment Moment)> _missed = new();

    /// <summary>Runs all of it.</summary>
    /// <param name="report">Is told the steps, and what became of them.</param>
    public async Task RunAsync(Action<string> report)
    {
        var (steps, inventory) = await LearnAsync();
        report($"{steps.Count} steps:\n{string.Join('\n', steps.Select(static step => $"  {step}{(IsDiedAt(step) ? "" : ", not died at")}"))}");
        steps = [.. steps.Where(IsDiedAt)];
        await Parallel.ForEachAsync(
            steps,
            new ParallelOptions { MaxDegreeOfParallelism = WorldsAtOnce, CancellationToken = FaultWorld.Cancellation },
            async (step, _) =>
            {
                try
                {
                    await CrashAsync(step, inventory);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    _failures.Enqueue($"Killed before, then after {step}: {exception.Message}");
                }
            });

        report($"Killed {(2 * steps.Count) - _missed.Count} times. Not met again: {(_missed.IsEmpty ? "none" : string.Join(", ", _missed.Select(static missed => $"{missed.Moment} {missed.Step}")))}");
        Assert.True(_failures.IsEmpty, string.Join("\n\n", _failures));

        // A write may or may not be needed once more; that something is written at all does not depend on timing.
        var certain = scenario();
        Assert.DoesNotContain(_missed, missed => missed.Moment == Moment.Before && certain.IsCertain(missed.Step));
    }

    private static bool IsDiedAt(Step step) => step.Occurrence
        <= (step.Name.Contains("sentryprojectroutes/", StringComparison.Ordinal) && step.Name.EndsWith("/status", StringComparison.Ordinal) ? RepetitionsOfRoutes : Repetitions);

    private async Task<(IReadOnlyList<Step> Steps, IReadOnlyList<string> Inventory)> LearnAsync()
    {
        var script = scenario();
        await using var world = await StartAsync(script);
        await script.ActAsync(world);
        await FinishAsync(world, script);
        return (world.Gate.Steps, await cluster.InventoryAsync(world.Namespace));
    }

    private async Task CrashAsync(Step step, IReadOnlyList<string> inventory)
    {
        var script = scenario();
        await using var world = await StartAsync(script);
        world.Gate.KillAt(step, Moment.Before);
        await script.ActAsync(world);
        await AwaitDeathAsync(world, script, (step, Moment.Before), next: () => world.Gate.KillAt(step.Next, Moment.After));
        await AwaitDeathAsync(world, script, (step, Moment.After), next: null);
        await FinishAsync(world, script);
        Assert.Equal(inventory, await cluster.InventoryAsync(world.Namespace));
    }

    /// <summary>Waits until the operator was killed and starts another; notes it when all gets done without that.</summary>
    private async Task AwaitDeathAsync(FaultWorld world, Scenario script, (Step Step, Moment Moment) place, Action? next)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(FaultWorld.Cancellation);
        var killed = world.Gate.Killed;
        var done = world.WaitUntilDoneAsync(script.IsDoneAsync, script.Name, enough.Token);
        if (await Task.WhenAny(killed, done) == done)
        {
            await done;
            if (world.Gate.TrySpare())
            {
                _missed.Enqueue(place);
                return;
            }
        }

        await killed;
        await enough.CancelAsync();
        await done.ContinueWith(static _ => { }, TaskScheduler.Default);
        next?.Invoke();
        world.StartOperator();
    }

    private async Task<FaultWorld> StartAsync(Scenario script)
    {
        var world = await FaultWorld.StartAsync(cluster, script.Name);
        try
        {
            await script.PrepareAsync(world);
            world.Gate.Begin();
            return world;
        }
        catch
        {
            await world.DisposeAsync();
            throw;
        }
    }

    private static async Task FinishAsync(FaultWorld world, Scenario script)
    {
        await world.WaitUntilDoneAsync(script.IsDoneAsync, script.Name, FaultWorld.Cancellation);
        await script.VerifyAsync(world);
        world.Foreign.AssertUntouched();
    }
}
