using SentryOtel.Crds;

namespace SentryOtel.Operator.Projects;

/// <summary>What came of looking for a route's project.</summary>
/// <param name="IsReady">Whether data can be sent to it.</param>
/// <param name="Reason">Reason of the condition ProjectReady.</param>
/// <param name="Message">Message of the condition; the same as long as the state is.</param>
/// <param name="Project">
/// What is known of the project. Kept while Sentry or the token fail, so that data go on flowing; null when there is certainly none.
/// </param>
internal sealed record ProjectOutcome(bool IsReady, string Reason, string Message, RouteProjectStatus? Project)
{
    /// <summary>When to look again.</summary>
    public ProjectRecheck Recheck { get; init; }

    /// <summary>For <see cref="ProjectRecheck.AtTime"/> Sentry's own word, for <see cref="ProjectRecheck.InTurn"/> the time until it.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>True when waiting alone can cure it, so that people want to know when it is tried again.</summary>
    public bool IsTransient { get; init; }

    /// <summary>The project known before, for people, when that one is gone or elsewhere and this one took its place.</summary>
    public string? Replaced { get; init; }
}

/// <summary>When to look at a project again.</summary>
internal enum ProjectRecheck
{
    /// <summary>When the watch over all projects finds that something has changed.</summary>
    WhenChanged,

    /// <summary>Soon, and then ever more rarely: waiting can cure it, or trying costs.</summary>
    WithBackoff,

    /// <summary>When Sentry says.</summary>
    AtTime,

    /// <summary>When its turn to be created comes: turns are spread already.</summary>
    InTurn,

    /// <summary>Somebody has to act; looked at now and then all the same, since not every cure can be watched.</summary>
    NowAndThen,
}
