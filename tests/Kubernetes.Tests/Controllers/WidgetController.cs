using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Controllers;

/// <summary>Does what the test says, and tells what it was asked for and what ran at the same time.</summary>
internal sealed class WidgetController : IEntityStatusController<Widget>
{
    private readonly ConcurrentDictionary<ObjectKey, int> _running = new();
    private int _atOnce;
    private int _mostAtOnce;

    public ConcurrentQueue<string> Calls { get; } = new();

    public bool Overlapped { get; private set; }

    public int MostAtOnce => _mostAtOnce;

    public Func<Widget, CancellationToken, Task<ReconciliationResult>> OnReconcile { get; set; } =
        static (_, _) => Task.FromResult(ReconciliationResult.Success());

    public Func<Widget, CancellationToken, Task<ReconciliationResult>> OnStatus { get; set; } =
        static (_, _) => Task.FromResult(ReconciliationResult.Success());

    public Task<ReconciliationResult> ReconcileAsync(Widget entity, CancellationToken cancellationToken) =>
        RunAsync("reconcile", ObjectKey.Of(entity), () => OnReconcile(entity, cancellationToken));

    public Task<ReconciliationResult> ReconcileStatusAsync(Widget entity, CancellationToken cancellationToken) =>
        RunAsync("status", ObjectKey.Of(entity), () => OnStatus(entity, cancellationToken));

    public Task<ReconciliationResult> DeletedAsync(ObjectKey key, CancellationToken cancellationToken) =>
        RunAsync("deleted", key, static () => Task.FromResult(ReconciliationResult.Success()));

    private async Task<ReconciliationResult> RunAsync(string pass, ObjectKey key, Func<Task<ReconciliationResult>> run)
    {
        Calls.Enqueue($"{pass} {key.Name}");
        Overlapped |= _running.AddOrUpdate(key, 1, static (_, count) => count + 1) > 1;
        var now = Interlocked.Increment(ref _atOnce);
        int most;
        while (now > (most = _mostAtOnce))
        {
            Interlocked.CompareExchange(ref _mostAtOnce, now, most);
        }

        try
        {
            return await run();
        }
        finally
        {
            Interlocked.Decrement(ref _atOnce);
            _running.AddOrUpdate(key, 0, static (_, count) => count - 1);
        }
    }
}
