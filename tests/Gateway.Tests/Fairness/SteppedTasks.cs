using System.Collections.Concurrent;

namespace SentryOtel.Gateway.Tests.Fairness;

/// <summary>Tasks that run one after the other, in the order in which they came, when the test says so: nothing depends on how threads race.</summary>
internal sealed class SteppedTasks : TaskScheduler
{
    private readonly ConcurrentQueue<Task> _tasks = new();

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs until nothing is left to do at this moment.</summary>
    public void RunAll()
    {
        while (_tasks.TryDequeue(out var task))
        {
            TryExecuteTask(task);
        }
    }

    protected override IEnumerable<Task> GetScheduledTasks() => [.. _tasks];

    protected override void QueueTask(Task task) => _tasks.Enqueue(task);

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;
}
