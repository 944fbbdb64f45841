namespace SentryOtel.Gateway.Sending;

/// <summary>What one attempt came to.</summary>
/// <param name="Kind">The case.</param>
/// <param name="Status">HTTP status; 0 when no answer came.</param>
/// <param name="Message">The beginning of the answer's text, or the fault of the connection.</param>
/// <param name="RetryAfter">What the answer asked for; zero when nothing.</param>
internal readonly record struct SendOutcome(SendOutcomeKind Kind, int Status, string Message, TimeSpan RetryAfter)
{
    public static SendOutcome Cancelled { get; } = new(SendOutcomeKind.Cancelled, 0, "the gateway stops", TimeSpan.Zero);

    public static SendOutcome NoAnswer(string fault) => new(SendOutcomeKind.Transient, 0, fault, TimeSpan.Zero);
}

/// <summary>The cases of <see cref="SendOutcome"/>.</summary>
internal enum SendOutcomeKind
{
    /// <summary>2xx: Sentry queued it.</summary>
    Sent,

    /// <summary>429 with a limit that is in force now: hold until it ends.</summary>
    RateLimited,

    /// <summary>5xx, 408, a 429 without a limit, a timeout, a broken connection: try again later.</summary>
    Transient,

    /// <summary>413, or 400 about the size: cut in two.</summary>
    TooLarge,

    /// <summary>400: look for the record that Sentry does not take.</summary>
    Invalid,

    /// <summary>401, 403 about the project or key, 404, a redirect: the address or key is not right any more.</summary>
    ProjectRejected,

    /// <summary>403 for a reason of settings: features, allowed domains, signatures.</summary>
    Forbidden,

    /// <summary>The gateway stops; the attempt says nothing.</summary>
    Cancelled,

    /// <summary>Any other 4xx: no repetition cures it.</summary>
    Refused,
}
