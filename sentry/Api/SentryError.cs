using System.Collections.Frozen;

namespace SentryOtel.Sentry.Api;

/// <summary>
/// A failed call as a value. <see cref="Message"/> is written for a Kubernetes condition: it says what failed and what cures it,
/// and never holds a token or key.
/// </summary>
public sealed record SentryError(SentryErrorReason Reason, string Message)
{
    /// <summary>The operation that failed, for example <c>create project</c>.</summary>
    public string Operation { get; init; } = "";

    /// <summary>HTTP status, or null when no answer came.</summary>
    public int? Status { get; init; }

    /// <summary>How long to wait before another try, when that is known.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The scope that the operation needs, for <see cref="SentryErrorReason.MissingScope"/>.</summary>
    public string? Scope { get; init; }

    /// <summary>Sentry's messages by field name, for <see cref="SentryErrorReason.Invalid"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Fields { get; init; } =
        FrozenDictionary<string, IReadOnlyList<string>>.Empty;

    /// <summary>True when the same call can succeed later without anyone changing anything.</summary>
    public bool IsTransient => Reason is SentryErrorReason.RateLimited or SentryErrorReason.ServerError
        or SentryErrorReason.Unreachable or SentryErrorReason.Timeout;

    /// <inheritdoc/>
    public override string ToString() => $"{Reason}: {Message}";
}
