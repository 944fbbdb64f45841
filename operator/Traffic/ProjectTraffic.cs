namespace SentryOtel.Operator.Traffic;

/// <summary>What an exporter's gateways say of a project, all together.</summary>
/// <param name="Live">Counts of the processes that run now.</param>
/// <param name="Grown">What was counted since the ledger was opened; never less than before.</param>
/// <param name="LastSeen">When data came last; null for never.</param>
internal sealed record ProjectTraffic(TrafficCounts Live, TrafficCounts Grown, DateTimeOffset? LastSeen)
{
    public static readonly ProjectTraffic None = new(default, default, null);

    /// <summary>Limits of Sentry's that a gateway keeps to: per category the longest.</summary>
    public IReadOnlyList<SeenLimit> Limits { get; init; } = [];

    /// <summary>A gateway holds spans back because Sentry refuses the project, its key or the data.</summary>
    public bool IsRefused { get; init; }
}

/// <summary>A limit of Sentry's that a gateway keeps to.</summary>
/// <param name="Category">Sentry's name; empty for every category.</param>
/// <param name="Scope">What shares it: key, project, organization.</param>
/// <param name="Until">When it ends, in whole seconds.</param>
/// <param name="HoldsSpans">True when spans wait for its end.</param>
internal sealed record SeenLimit(string Category, string Scope, DateTimeOffset Until, bool HoldsSpans);
