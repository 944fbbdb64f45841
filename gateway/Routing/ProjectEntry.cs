using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing;

/// <summary>What <see cref="SentryRoutes"/> knows of one project. Guarded by its lock.</summary>
internal sealed class ProjectEntry
{
    /// <summary>Where to send; null while there is no such project.</summary>
    public RouteTarget? Target { get; private set; }

    /// <summary>Why there is none.</summary>
    public string? Refusal { get; private set; }

    /// <summary>When a refusal is to be looked up anew.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>When Sentry was asked last.</summary>
    public TimeSpan CheckedAt { get; private set; }

    /// <summary>A look-up is on the way.</summary>
    public bool IsBusy { get; set; }

    public void Settle(RouteTarget target, TimeSpan now)
    {
        (Target, Refusal, IsBusy, CheckedAt) = (target, null, false, now);
    }

    /// <summary>Lets a refused project be looked up anew at once: what it was refused by may have changed.</summary>
    public void ForgetRefusal() => RetryAt = TimeSpan.Zero;

    public void Refuse(string refusal, TimeSpan now, TimeSpan retryAfter)
    {
        (Target, Refusal, IsBusy, CheckedAt, RetryAt) = (null, refusal, false, now, now + retryAfter);
    }
}
