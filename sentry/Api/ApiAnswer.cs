namespace SentryOtel.Sentry.Api;

/// <summary>One finished exchange: an HTTP answer, or the error that stands in for it.</summary>
internal sealed record ApiAnswer
{
    public int Status { get; init; }

    public byte[] Body { get; init; } = [];

    public string? NextCursor { get; init; }

    /// <summary>Host and path of a redirect, without query.</summary>
    public string? Location { get; init; }

    /// <summary>For a 429: when another try makes sense.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>Set when there is no HTTP answer to judge.</summary>
    public SentryError? Failure { get; init; }

    /// <summary>True when the request certainly did not reach Sentry, so that even a create may be repeated.</summary>
    public bool NotSent { get; init; }

    public bool IsSuccess => Failure is null && Status is >= 200 and < 300;
}
