namespace SentryOtel.Benchmarks.Load;

/// <summary>How a load run goes.</summary>
internal sealed record LoadOptions
{
    /// <summary>The gateway's program.</summary>
    public required string Gateway { get; init; }

    /// <summary>Where the files of the run go.</summary>
    public required string Folder { get; init; }

    /// <summary>Rounds per scenario, each one of the gateway and one of nginx; the median counts.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Length of a round.</summary>
    public int Seconds { get; init; } = 4;

    /// <summary>What goes before the first round, so that the code is compiled for what it does.</summary>
    public int WarmUpSeconds { get; init; } = 6;

    /// <summary>How long Sentry is away.</summary>
    public int OutageSeconds { get; init; } = 10;

    /// <summary>Only scenarios whose name contains it.</summary>
    public string Only { get; init; } = string.Empty;

    /// <summary>The core of the program under test.</summary>
    public int GatewayCore { get; init; } = 1;

    /// <summary>The core of the load and of the sink.</summary>
    public int LoadCore { get; init; }
}
