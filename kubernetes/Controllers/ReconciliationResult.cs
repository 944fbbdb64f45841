namespace SentryOtel.Kubernetes.Controllers;

/// <summary>What came of a reconcile, and when the next one shall be. Resyncs and changes wake it in any case.</summary>
public sealed class ReconciliationResult
{
    private static readonly ReconciliationResult Succeeded = new(ReconciliationOutcome.Success);

    private ReconciliationResult(ReconciliationOutcome outcome) => Outcome = outcome;

    /// <summary>Which of the four it is.</summary>
    public ReconciliationOutcome Outcome { get; }

    /// <summary>Of <see cref="ReconciliationOutcome.RequeueAfter"/>, and of a failure that names one: the delay.</summary>
    public TimeSpan Delay { get; private init; }

    /// <summary>Of a failure: CamelCase, for programs.</summary>
    public string? Reason { get; private init; }

    /// <summary>Of a failure: for people, without secrets.</summary>
    public string? Message { get; private init; }

    /// <summary>Of a failure: its cause, for the log; may be null.</summary>
    public Exception? Error { get; private init; }

    /// <summary>All is as it should be; the key's back-off is reset.</summary>
    public static ReconciliationResult Success() => Succeeded;

    /// <summary>All is well so far; look again after a delay. The key's back-off is reset.</summary>
    /// <param name="delay">More than zero.</param>
    public static ReconciliationResult RequeueAfter(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(delay, TimeSpan.Zero);
        return new ReconciliationResult(ReconciliationOutcome.RequeueAfter) { Delay = delay };
    }

    /// <summary>It did not work; try again with exponential back-off, for as long as it takes.</summary>
    public static ReconciliationResult Failure(string reason, string message, Exception? error = null) =>
        Failed(ReconciliationOutcome.Failure, reason, message, error);

    /// <summary>It did not work; try again after a delay that the controller keeps account of itself, as it has told people.</summary>
    /// <param name="reason">CamelCase, for programs.</param>
    /// <param name="message">For people, without secrets.</param>
    /// <param name="retryAfter">More than zero.</param>
    public static ReconciliationResult FailureRetriedAfter(string reason, string message, TimeSpan retryAfter)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(retryAfter, TimeSpan.Zero);
        return new ReconciliationResult(ReconciliationOutcome.Failure) { Reason = reason, Message = message, Delay = retryAfter };
    }

    /// <summary>It can not work until somebody changes something: no retry until the next change or resync.</summary>
    public static ReconciliationResult Terminal(string reason, string message, Exception? error = null) =>
        Failed(ReconciliationOutcome.Terminal, reason, message, error);

    /// <inheritdoc/>
    public override string ToString() => Outcome switch
    {
        ReconciliationOutcome.Success => "Success",
        ReconciliationOutcome.RequeueAfter => $"RequeueAfter {Delay}",
        _ => $"{Outcome} {Reason}: {Message}",
    };

    private static ReconciliationResult Failed(ReconciliationOutcome outcome, string reason, string message, Exception? error)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new ReconciliationResult(outcome) { Reason = reason, Message = message, Error = error };
    }
}

/// <summary>The kinds of <see cref="ReconciliationResult"/>.</summary>
public enum ReconciliationOutcome
{
    /// <summary>Done.</summary>
    Success,

    /// <summary>Done for now; again after a delay.</summary>
    RequeueAfter,

    /// <summary>Failed; again with back-off.</summary>
    Failure,

    /// <summary>Failed; again only upon a change or resync.</summary>
    Terminal,
}
