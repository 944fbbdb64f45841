namespace SentryOtel.Gateway.Receiving;

/// <summary>What became of one request. The receiver turns it into an answer of the OTLP specification 1.11.</summary>
/// <param name="Kind">The case.</param>
/// <param name="Rejected">Items (spans, log records) that were not taken; only with <see cref="IngestOutcomeKind.Partial"/>.</param>
/// <param name="Message">The reason, short, without secrets; empty when all was taken.</param>
/// <param name="RetryAfter">When the client should come back; only with <see cref="IngestOutcomeKind.Full"/> and <see cref="IngestOutcomeKind.Unavailable"/>.</param>
internal readonly record struct IngestOutcome(IngestOutcomeKind Kind, long Rejected, string Message, TimeSpan RetryAfter)
{
    /// <summary>Everything was taken.</summary>
    public static IngestOutcome Accepted { get; } = new(IngestOutcomeKind.Accepted, 0, string.Empty, TimeSpan.Zero);

    /// <summary>Some items were rejected for good; the client must not send them again.</summary>
    public static IngestOutcome Partial(long rejected, string message) => new(IngestOutcomeKind.Partial, rejected, message, TimeSpan.Zero);

    /// <summary>No room now: nothing was taken.</summary>
    public static IngestOutcome Full(TimeSpan retryAfter, string message) => new(IngestOutcomeKind.Full, 0, message, retryAfter);

    /// <summary>Not ready, or on the way out: nothing was taken.</summary>
    public static IngestOutcome Unavailable(TimeSpan retryAfter, string message) => new(IngestOutcomeKind.Unavailable, 0, message, retryAfter);

    /// <summary>The bytes are no Export request: nothing was taken, and a repetition would fail again.</summary>
    public static IngestOutcome Invalid(string message) => new(IngestOutcomeKind.Invalid, 0, message, TimeSpan.Zero);
}

/// <summary>The cases of <see cref="IngestOutcome"/> with their answers.</summary>
internal enum IngestOutcomeKind
{
    /// <summary>OK / 200, <c>partial_success</c> unset.</summary>
    Accepted,

    /// <summary>OK / 200 with <c>partial_success</c>.</summary>
    Partial,

    /// <summary><c>RESOURCE_EXHAUSTED</c> with <c>RetryInfo</c> / 429 with <c>Retry-After</c>.</summary>
    Full,

    /// <summary><c>UNAVAILABLE</c> with <c>RetryInfo</c> / 503 with <c>Retry-After</c>.</summary>
    Unavailable,

    /// <summary><c>INVALID_ARGUMENT</c> / 400.</summary>
    Invalid,
}
