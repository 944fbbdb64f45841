using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>Makes attempts to pass requests on: times them, books them, and tells of failures. Its outcome is a value, whatever happens.</summary>
internal sealed class ForwardAttempts(
    string exporter, IMetricsTransport transport, ProjectAccount account, Admission admission, AttemptObserver observer, TimeProvider timeProvider, ILogger logger)
{
    private readonly LogThrottle _throttle = new(timeProvider);

    /// <param name="entry">What to send.</param>
    /// <param name="gzip">Whether a body that was not sent before is compressed.</param>
    /// <param name="stop">Ends the attempt.</param>
    public async Task<ForwardOutcome> MakeAsync(ForwardEntry entry, bool gzip, CancellationToken stop)
    {
        entry.Attempts++;
        var result = await SendAsync(entry, gzip, stop);
        var outcome = result.Outcome;
        var rejected = Math.Min(result.Rejected, entry.Points);
        account.Attempt(outcome.Kind, entry.Attempts > 1, FailureOf(outcome));
        Tell(entry, outcome, rejected);
        return result with { Rejected = rejected };
    }

    private async Task<ForwardOutcome> SendAsync(ForwardEntry entry, bool gzip, CancellationToken stop)
    {
        try
        {
            var body = entry.Seal(gzip, admission);
            using var attempt = observer.Start(exporter, OtlpSignal.Metrics, account.Project, entry.Points, body.Length, entry.Attempts);
            var result = await transport.SendAsync(body, entry.IsGzip, stop);
            attempt.End(result.Outcome);
            return result;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return new ForwardOutcome(SendOutcome.Cancelled);
        }
        catch (Exception exception)
        {
            // Whatever it was, the data must come back to the queue.
            if (_throttle.TryPass(exception.GetType().Name, out var suppressed))
            {
                Log.AttemptThrew(logger, exception, exporter, entry.Points, suppressed);
            }

            return new ForwardOutcome(SendOutcome.NoAnswer(exception.GetType().Name));
        }
    }

    private AttemptFailure? FailureOf(SendOutcome outcome) => outcome.Kind is SendOutcomeKind.Sent or SendOutcomeKind.Cancelled
        ? null
        : new AttemptFailure(timeProvider.GetUtcNow(), outcome.Kind, outcome.Status, outcome.Message);

    private void Tell(ForwardEntry entry, SendOutcome outcome, long rejected)
    {
        if (outcome.Kind is not (SendOutcomeKind.Sent or SendOutcomeKind.Cancelled) && _throttle.TryPass(outcome.Kind.Name(), out var suppressed))
        {
            Log.AttemptFailed(logger, exporter, entry.Points, outcome.Kind.Name(), outcome.Status, outcome.Message, suppressed);
        }

        if (rejected > 0 && _throttle.TryPass("partial_success", out suppressed))
        {
            Log.PartlyRejected(logger, exporter, rejected, entry.Points, outcome.Message, suppressed);
        }
    }
}
