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
        DropReason.ParkingExpired => "parking_expired",
        DropReason.NoProject => "no_project",
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
        _ => throw new ArgumentOutOfRangeException(nameof(reason)),
    };
}
