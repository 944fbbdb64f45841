namespace SentryOtel.Gateway.Telemetry;

/// <summary>Why data were not accepted at all; the client is told in the answer.</summary>
internal enum RejectReason
{
    /// <summary>The resource has no routing attribute and there is no fallback.</summary>
    MissingAttribute,

    /// <summary>The routing attribute's value names no project.</summary>
    UnroutableValue,

    /// <summary>The service's project does not exist, or its route is rejected.</summary>
    NoProject,

    /// <summary>More than the route's <c>rateLimit</c> allows.</summary>
    RouteLimit,

    /// <summary>The queue of this project alone was full.</summary>
    QueueFull,

    /// <summary>A span with an id that is none: Sentry would answer 200 and discard it.</summary>
    InvalidId,

    /// <summary>A span that ends before it starts: Sentry would answer 200 and discard it.</summary>
    InvalidTime,

    /// <summary>A record above Sentry's limit for one: Sentry would answer 200 and discard it.</summary>
    RecordTooLarge,

    /// <summary>The place where data of services without a project wait was full, or this service's share of it.</summary>
    ParkingFull,

    /// <summary>More services without a project than are looked up, or than may get one by themselves.</summary>
    TooManyServices,

    /// <summary><c>projects.allowed_services</c> or <c>denied_services</c> keep the service from getting a project by itself.</summary>
    NotAllowed,

    /// <summary>Metrics, without a destination for them.</summary>
    NoDestination,
}
