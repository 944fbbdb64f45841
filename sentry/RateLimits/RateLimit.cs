namespace SentryOtel.Sentry.RateLimits;

/// <summary>One entry of <c>X-Sentry-Rate-Limits</c>.</summary>
/// <param name="RetryAfter">How long from the answer on.</param>
/// <param name="Categories">Names that Sentry knows; empty means every category.</param>
/// <param name="Scope">What shares the limit.</param>
/// <param name="ReasonCode">Sentry's code for it, for example <c>key_quota</c>; null when none was given.</param>
public sealed record RateLimit(TimeSpan RetryAfter, IReadOnlyList<string> Categories, RateLimitScope Scope, string? ReasonCode);

/// <summary>What shares a limit.</summary>
public enum RateLimitScope
{
    /// <summary>One client key; also the reading of a scope that is not known.</summary>
    Key,

    /// <summary>Every key of the project.</summary>
    Project,

    /// <summary>Every project of the organisation.</summary>
    Organization,
}
