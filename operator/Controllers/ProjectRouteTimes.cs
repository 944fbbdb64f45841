namespace SentryOtel.Operator.Controllers;

/// <summary>Times of the route controller's periodic work. Each is drawn out by up to a fifth, to spread the calls.</summary>
internal sealed record ProjectRouteTimes
{
    /// <summary>How often all projects are looked at again in Sentry: deletion, renaming, keys, team and platform. A tenth more or less.</summary>
    public TimeSpan DriftCheck { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How often what a person has to cure is tried again, and Secrets with a DSN are read.</summary>
    public TimeSpan Recheck { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often it is looked whether gateways have gone: a lease that runs out makes no event.</summary>
    public TimeSpan ProgrammingCheck { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a deleted route may wait for Sentry to delete its project.</summary>
    public TimeSpan RemovalDeadline { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>First pause after a failure; doubles up to <see cref="MaxBackoff"/>.</summary>
    public TimeSpan Backoff { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest pause after failures.</summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromMinutes(5);
}
