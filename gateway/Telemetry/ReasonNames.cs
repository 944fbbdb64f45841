using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>The reasons as label values.</summary>
internal static class ReasonNames
{
    public static string Name(this DropReason reason) => reason switch
    {
        DropReason.Expired => "expired",
        DropReason.RateLimited => "rate_limited",
        DropReason.RetriesExhausted => "retries_exhausted",
        DropReason.RetryDisabled => "retry_disabled",
        DropReason.TooLarge => "too_large",
        DropReason.Invalid => "invalid",
        DropReason.ProjectRejected => "project_rejected",
        DropReason.Forbidden => "forbidden",
        DropReason.Refused => "refused",
        DropReason.PartialSuccess => "partial_success",
        DropReason.ParkingExpired => "parking_expired",
        DropReason.NoProject => "no_project",
        DropReason.Overflow => "overflow",
        DropReason.Corrupt => "corrupt",
        DropReason.Shutdown => "shutdown",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Name(this RejectReason reason) => reason switch
    {
        RejectReason.MissingAttribute => "missing_attribute",
        RejectReason.UnroutableValue => "unroutable_value",
        RejectReason.NoProject => "no_project",
        RejectReason.RouteLimit => "route_limit",
        RejectReason.QueueFull => "queue_full",
        RejectReason.InvalidId => "invalid_id",
        RejectReason.InvalidTime => "invalid_time",
        RejectReason.RecordTooLarge => "record_too_large",
        RejectReason.ParkingFull => "parking_full",
        RejectReason.TooManyServices => "too_many_services",
        RejectReason.NotAllowed => "not_allowed",
        RejectReason.NoDestination => "no_destination",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Name(this RefusalReason reason) => reason switch
    {
        RefusalReason.TooLarge => "too_large",
        RefusalReason.NoMemory => "no_memory",
        RefusalReason.Unavailable => "unavailable",
        RefusalReason.Malformed => "malformed",
        RefusalReason.Unsupported => "unsupported",
        RefusalReason.Unauthenticated => "unauthenticated",
        RefusalReason.TooSlow => "too_slow",
        RefusalReason.Aborted => "aborted",
        RefusalReason.Internal => "internal",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };

    public static string Name(this IngestOutcomeKind kind) => kind switch
    {
        IngestOutcomeKind.Accepted => "accepted",
        IngestOutcomeKind.Partial => "partial",
        IngestOutcomeKind.Full => "full",
        IngestOutcomeKind.Unavailable => "unavailable",
        IngestOutcomeKind.Invalid => "invalid",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    public static string Name(this SendOutcomeKind kind) => kind switch
    {
        SendOutcomeKind.Sent => "sent",
        SendOutcomeKind.RateLimited => "rate_limited",
        SendOutcomeKind.Transient => "transient",
        SendOutcomeKind.TooLarge => "too_large",
        SendOutcomeKind.Invalid => "invalid",
        SendOutcomeKind.ProjectRejected => "project_rejected",
        SendOutcomeKind.Forbidden => "forbidden",
        SendOutcomeKind.Cancelled => "cancelled",
        SendOutcomeKind.Refused => "refused",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>Null while nothing is held.</summary>
    public static string? Name(this HoldReason reason) => reason switch
    {
        HoldReason.None => null,
        HoldReason.RateLimited => "rate_limited",
        HoldReason.BackingOff => "backing_off",
        HoldReason.ProjectRejected => "project_rejected",
        HoldReason.Forbidden => "forbidden",
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
