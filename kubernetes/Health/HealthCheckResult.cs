namespace SentryOtel.Kubernetes.Health;

/// <summary>What a check found: healthy, or not with a reason.</summary>
/// <param name="Reason">Null when healthy; otherwise a sentence without secrets.</param>
public readonly record struct HealthCheckResult(string? Reason)
{
    /// <summary>What to say of a healthy state when asked for details; a sentence without secrets.</summary>
    public string? Remark { get; init; }

    /// <summary>All is well.</summary>
    public static HealthCheckResult Healthy => default;

    /// <summary>True when there is no reason to complain.</summary>
    public bool IsHealthy => Reason is null;

    /// <summary>Not healthy.</summary>
    public static HealthCheckResult Unhealthy(string reason) => new(reason);
}
