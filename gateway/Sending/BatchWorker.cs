using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp.Batching;

namespace SentryOtel.Gateway.Sending;

/// <summary>Does the work that a queue hands out: seals, sends, and cuts what Sentry does not take as it is.</summary>
/// <param name="exporter">Component id, for the log.</param>
/// <param name="sender">Makes the attempts.</param>
/// <param name="admission">Accounts for sealed batches.</param>
/// <param name="onRejected">Told when Sentry refused a project or its key, so that both are looked up anew.</param>
/// <param name="throttle">Thins out repeated log lines.</param>
/// <param name="logger">Where failures are told.</param>
internal sealed class BatchWorker(
    string exporter, IBatchSender sender, Admission admission, Action<ProjectQueue> onRejected, LogThrottle throttle, ILogger logger)
{
    public async Task DoAsync(ProjectQueue queue, QueueWork work, CancellationToken cancellationToken)
    {
        if (work.ToSeal is { } open)
        {
            queue.Sealed(open, open.Seal(queue.Signal, queue.Limits, admission));
            return;
        }

        var outcome = await AttemptAsync(queue, work, cancellationToken);
        if (outcome.Kind is SendOutcomeKind.TooLarge or SendOutcomeKind.Invalid)
        {
            Cut(queue, work.Batch!, outcome.Kind == SendOutcomeKind.TooLarge ? DropReason.TooLarge : DropReason.Invalid);
        }
        else if (outcome is { Kind: SendOutcomeKind.Refused, Status: 415 } && work.Batch!.IsGzip)
        {
            SendPlain(queue, work);
        }
        else
        {
            queue.Completed(work, outcome);
        }

        // An answer to an old address says nothing of the new one.
        if (outcome.Kind == SendOutcomeKind.ProjectRejected && work.Target == queue.Target)
        {
            onRejected(queue);
        }
    }

    private async Task<SendOutcome> AttemptAsync(ProjectQueue queue, QueueWork work, CancellationToken cancellationToken)
    {
        var batch = work.Batch!;
        batch.Attempts++;
        batch.Origin?.Begin();
        try
        {
            var outcome = await sender.SendAsync(work.Target, queue.Signal, batch, cancellationToken);
            if (outcome.Kind == SendOutcomeKind.Sent)
            {
                batch.Origin?.Finish();
            }

            if (outcome.Kind != SendOutcomeKind.Sent && throttle.TryPass($"{exporter}/{queue.Name}/{queue.Signal}/{outcome.Kind}", out var suppressed))
            {
                Log.AttemptFailed(
                    logger, exporter, work.Target.ProjectSlug, queue.Signal.ToString(), batch.Items, outcome.Kind.ToString(), outcome.Status, outcome.Message, suppressed);
            }

            return outcome;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return SendOutcome.Cancelled;
        }
        catch (Exception exception)
        {
            // Whatever it was, the batch must come back to its queue.
            if (throttle.TryPass($"{exporter}/{exception.GetType()}", out var suppressed))
            {
                Log.AttemptThrew(logger, exception, exporter, work.Target.ProjectSlug, queue.Signal.ToString(), batch.Items, suppressed);
            }

            return SendOutcome.NoAnswer(exception.GetType().Name);
        }
    }

    // Relay reads gzip; something on the way to it may not (RFC 9110, 15.5.16).
    private void SendPlain(ProjectQueue queue, QueueWork work)
    {
        var batch = work.Batch!;
        if (throttle.TryPass($"{exporter}/{queue.Name}/415", out var suppressed))
        {
            Log.GzipRefused(logger, exporter, work.Target.ProjectSlug, queue.Signal.ToString(), batch.Items, suppressed);
        }

        var plain = SealedBatch.Seal(
            new ExportPart([batch.Unseal()], batch.Items), gzip: false, batch.Account, batch.Since, batch.Splits, admission, batch.Origin);
        queue.Replaced(batch, [plain], null);
    }

    private void Cut(ProjectQueue queue, SealedBatch batch, DropReason reason)
    {
        // Cutting for size ends by itself, and what is small enough is through; the search for a bad record may find nothing but bad ones.
        if (batch.Items < 2 || (reason == DropReason.Invalid && !batch.Splits.TryTake()))
        {
            queue.Replaced(batch, [], reason);
            return;
        }

        var error = RequestSplitter.Halve(queue.Signal, batch.Unseal(), out var first, out var second);
        if (error.IsError || second is null)
        {
            queue.Replaced(batch, [], reason);
            return;
        }

        queue.Replaced(batch, [Seal(first), Seal(second)], null);

        SealedBatch Seal(ExportPart part) =>
            SealedBatch.Seal(part, queue.Limits.Gzip, batch.Account, batch.Since, batch.Splits, admission, batch.Origin);
    }
}
