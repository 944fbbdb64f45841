using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Sending;

/// <summary>Books every attempt of another sender: its outcome, its time, and what the destination said.</summary>
/// <param name="exporter">Component id.</param>
/// <param name="inner">Makes the attempts.</param>
/// <param name="observer">Takes the times.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class ObservedSender(string exporter, IBatchSender inner, AttemptObserver observer, TimeProvider timeProvider) : IBatchSender
{
    public async Task<SendOutcome> SendAsync(RouteTarget target, OtlpSignal signal, SealedBatch batch, CancellationToken cancellationToken)
    {
        using var attempt = observer.Start(exporter, signal, target.ProjectSlug, batch.Items, batch.Body.Length, batch.Attempts);
        SendOutcome outcome;
        try
        {
            outcome = await inner.SendAsync(target, signal, batch, cancellationToken);
        }
        catch (Exception exception)
        {
            // The caller turns it into an outcome of its own; here it is one more attempt without an answer.
            Book(cancellationToken.IsCancellationRequested ? SendOutcome.Cancelled : SendOutcome.NoAnswer(exception.GetType().Name));
            throw;
        }

        // A proxy's error page may repeat the request; the message goes to the log and to the page of routes.
        outcome = outcome with { Message = outcome.Message.Replace(target.PublicKey, "[key]", StringComparison.OrdinalIgnoreCase) };
        Book(outcome);
        return outcome;

        void Book(SendOutcome ended)
        {
            attempt.End(ended);
            var failure = ended.Kind is SendOutcomeKind.Sent or SendOutcomeKind.Cancelled
                ? null
                : new AttemptFailure(timeProvider.GetUtcNow(), ended.Kind, ended.Status, ended.Message);
            batch.Account.Attempt(ended.Kind, batch.Attempts > 1, failure);
        }
    }
}
