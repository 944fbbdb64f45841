namespace SentryOtel.Gateway.Telemetry;

/// <summary>Why data that was accepted never reached Sentry. The names are label values of the drop counter.</summary>
internal enum DropReason
{
    /// <summary>Waited longer than <c>queue.max_age</c> because sending failed.</summary>
    Expired,

    /// <summary>Waited longer than <c>queue.max_age</c> under a rate limit of Sentry's.</summary>
    RateLimited,

    /// <summary>Failed until <c>retry_on_failure.max_elapsed_time</c> was over.</summary>
    RetriesExhausted,

    /// <summary>Failed once, with <c>retry_on_failure.enabled: false</c>.</summary>
    RetryDisabled,

    /// <summary>A single record that is too large for Sentry.</summary>
    TooLarge,

    /// <summary>A record that Sentry does not take (400), or one that could not be told from it in time.</summary>
    Invalid,

    /// <summary>Sentry refused the project or its key until the data were too old.</summary>
    ProjectRejected,

    /// <summary>Sentry refused the data for a reason of the project's settings until they were too old.</summary>
    Forbidden,

    /// <summary>Sentry answered with a status that no repetition can cure.</summary>
    Refused,

    /// <summary>The destination of metrics took the request and said that it left these out.</summary>
    PartialSuccess,

    /// <summary>No project could be found or made for the service in time.</summary>
    ParkingExpired,

    /// <summary>It turned out that there will be no project for the service.</summary>
    NoProject,

    /// <summary>Gave way to newer data, with <c>queue.overflow: drop_oldest</c>.</summary>
    Overflow,

    /// <summary>The copy on disk could not be read back.</summary>
    Corrupt,

    /// <summary>The gateway stopped before the data could be sent.</summary>
    Shutdown,
}
