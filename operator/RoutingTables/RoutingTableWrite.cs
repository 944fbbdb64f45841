namespace SentryOtel.Operator.RoutingTables;

/// <summary>What became of a table that was to be written.</summary>
/// <param name="Outcome">Which of them.</param>
/// <param name="Message">For people.</param>
internal sealed record RoutingTableWrite(RoutingTableOutcome Outcome, string Message)
{
    /// <summary>Generation that the table has now; 0 when nothing is known of it.</summary>
    public long Generation { get; init; }

    /// <summary>ConfigMaps that somebody had spoilt and that were written anew: <c>name: field that was wrong</c>.</summary>
    public IReadOnlyList<string> Repaired { get; init; } = [];
}

/// <summary>The kinds of <see cref="RoutingTableWrite"/>.</summary>
internal enum RoutingTableOutcome
{
    /// <summary>The server has it as it should be: the cache was behind.</summary>
    Unchanged,

    /// <summary>Written.</summary>
    Written,

    /// <summary>Somebody else wrote at the same time: to be compiled again.</summary>
    Overtaken,

    /// <summary>A ConfigMap of a needed name belongs to somebody else.</summary>
    NameConflict,

    /// <summary>The routes need more ConfigMaps than a gateway reads.</summary>
    TooLarge,
}
