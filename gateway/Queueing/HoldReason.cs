namespace SentryOtel.Gateway.Queueing;

/// <summary>Why a project's queue does not send.</summary>
internal enum HoldReason
{
    /// <summary>It does.</summary>
    None,

    /// <summary>A limit of Sentry's.</summary>
    RateLimited,

    /// <summary>The last attempts failed; the next waits for its time.</summary>
    BackingOff,

    /// <summary>Sentry refused the project or key; it is looked up anew.</summary>
    ProjectRejected,

    /// <summary>Sentry refused the data for a reason of the project's settings.</summary>
    Forbidden,
}
