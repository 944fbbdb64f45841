using SentryOtel.Kubernetes.Metrics;

namespace SentryOtel.Kubernetes.Controllers;

/// <summary>controller_runtime_* of one controller, all series there from the start.</summary>
internal sealed class ControllerMetrics
{
    private readonly RuntimeMetrics _metrics;
    private readonly KeyValuePair<string, object?> _controller;

    public ControllerMetrics(RuntimeMetrics metrics, string controller, int workers)
    {
        _metrics = metrics;
        _controller = new("controller", controller);
        foreach (var result in new[] { "success", "error", "requeue", "requeue_after" })
        {
            metrics.ReconcileTotal.Add(0, _controller, new("result", result));
        }

        metrics.ReconcileErrors.Add(0, _controller);
        metrics.TerminalReconcileErrors.Add(0, _controller);
        metrics.ReconcilePanics.Add(0, _controller);
        metrics.ReconcileTimeouts.Add(0, _controller);
        metrics.ActiveWorkers.Add(0, _controller);
        metrics.MaxConcurrentReconciles.Record(workers, _controller);
    }

    public void Started() => _metrics.ActiveWorkers.Add(1, _controller);

    public void Ended() => _metrics.ActiveWorkers.Add(-1, _controller);

    public void Panicked() => _metrics.ReconcilePanics.Add(1, _controller);

    public void TimedOut() => _metrics.ReconcileTimeouts.Add(1, _controller);

    public void Reconciled(ReconciliationOutcome outcome, TimeSpan duration)
    {
        _metrics.ReconcileTime.Record(duration.TotalSeconds, _controller);
        var result = outcome switch
        {
            ReconciliationOutcome.Success => "success",
            ReconciliationOutcome.RequeueAfter => "requeue_after",
            _ => "error",
        };
        _metrics.ReconcileTotal.Add(1, _controller, new("result", result));
        if (result == "error")
        {
            _metrics.ReconcileErrors.Add(1, _controller);
        }

        if (outcome == ReconciliationOutcome.Terminal)
        {
            _metrics.TerminalReconcileErrors.Add(1, _controller);
        }
    }
}
