using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing.Standalone;

/// <summary>What is known of one project. Changes under the lock of its <see cref="ProjectTable"/>; <see cref="Route"/> may be read without.</summary>
/// <param name="slug">The slug that was asked for; a renamed project has another by now.</param>
internal sealed class ProjectEntry(string slug)
{
    private volatile Route? _route;

    public string Slug { get; } = slug;

    /// <summary>Where to send; null while there is no such project.</summary>
    public Route? Route => _route;

    /// <summary>Why there is none.</summary>
    public string? Refusal { get; private set; }

    /// <summary>It was there and was deleted in Sentry: it is not made anew unless the configuration says so.</summary>
    public bool IsGone { get; private set; }

    /// <summary>When a refusal is to be looked up anew.</summary>
    public TimeSpan RetryAt { get; private set; }

    /// <summary>When Sentry was asked last; null while it was not.</summary>
    public TimeSpan? CheckedAt { get; private set; }

    /// <summary>When data came for it last.</summary>
    public TimeSpan WantedAt { get; set; }

    /// <summary>A look-up is on the way or waits for its time.</summary>
    public bool IsBusy { get; set; }

    /// <summary>What the last look-up failed with; null when it did not.</summary>
    public string? Error { get; private set; }

    /// <summary>Since when the slug is taken by a project that nobody sees.</summary>
    public TimeSpan? TakenSince { get; private set; }

    /// <summary>No service that asked for it may have a project made: one that is there is used.</summary>
    public bool IsBarred { get; set; }

    /// <summary>A create whose answer did not come.</summary>
    public CreateIntent? Intent { get; set; }

    public void Settle(RouteTarget target, TimeSpan now)
    {
        if (_route is not { IsHeld: false } route || route.Target != target)
        {
            _route = new Route(Slug, target);
        }

        (Refusal, IsGone, Error, TakenSince, CheckedAt) = (null, false, null, null, now);
    }

    /// <summary>Sentry refused it: nothing is sent until the next <see cref="Settle"/>.</summary>
    public void Hold()
    {
        if (_route is { IsHeld: false } route)
        {
            _route = route with { IsHeld = true };
        }
    }

    public void Refuse(string refusal, TimeSpan now, TimeSpan retryAfter)
    {
        _route = null;
        (Refusal, Error, CheckedAt, RetryAt) = (refusal, null, now, now + retryAfter);
    }

    /// <summary>As <see cref="Refuse"/>, for a project that was deleted.</summary>
    public void Bury(string refusal, TimeSpan now, TimeSpan retryAfter)
    {
        Refuse(refusal, now, retryAfter);
        IsGone = true;
    }

    /// <summary>Lets a refused project be looked up anew at once: what it was refused by may have changed.</summary>
    public void ForgetRefusal() => RetryAt = TimeSpan.Zero;

    /// <summary>The look-up failed: what was known stays.</summary>
    public void Fail(string error, TimeSpan now, TimeSpan retryAfter)
    {
        (Error, CheckedAt, RetryAt) = (error, now, now + retryAfter);
    }

    /// <summary>The slug is taken by a project that nobody sees; says for how long already.</summary>
    public TimeSpan Take(TimeSpan now)
    {
        TakenSince ??= now;
        return now - TakenSince.Value;
    }
}
