using SentryOtel.Gateway.Sending;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>What one attempt came to.</summary>
/// <param name="Outcome">The case, as for Sentry.</param>
/// <param name="Rejected">Data points that the destination did not take out of a request that it took (partial success).</param>
internal readonly record struct ForwardOutcome(SendOutcome Outcome, long Rejected = 0)
{
    public static ForwardOutcome Sent(int status, long rejected, string message) =>
        new(new SendOutcome(SendOutcomeKind.Sent, status, message, TimeSpan.Zero), rejected);

    public static ForwardOutcome Failed(SendOutcomeKind kind, int status, string message, TimeSpan? retryAfter = null) =>
        new(new SendOutcome(kind, status, message, retryAfter ?? TimeSpan.Zero));
}
