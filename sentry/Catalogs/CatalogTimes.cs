namespace SentryOtel.Sentry.Catalogs;

/// <summary>Times of a catalogue.</summary>
public sealed record CatalogTimes
{
    /// <summary>How old an answer may be for somebody who wants to know how things are now.</summary>
    public TimeSpan Fresh { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Look-ups within this time are taken together when it is decided whether a list is cheaper.</summary>
    public TimeSpan DemandWindow { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the organisation's teams are remembered for creates that name none.</summary>
    public TimeSpan Teams { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a list that the server does not have, or the token may not read, is not asked for again; and a change that Sentry refused is not repeated.</summary>
    public TimeSpan Refused { get; init; } = TimeSpan.FromHours(1);
}
