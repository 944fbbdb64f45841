namespace SentryOtel.Kubernetes.Controllers;

/// <summary>Which pass of a controller an event wakes.</summary>
public enum WorkKind
{
    /// <summary>The reconcile.</summary>
    Reconcile,

    /// <summary>The status pass alone; for a controller without one, the reconcile.</summary>
    Status,
}
