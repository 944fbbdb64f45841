using System.Runtime.InteropServices;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Checking;

namespace SentryOtel.Gateway.Ingest;

/// <summary>Keeps out the records that Sentry would answer with 200 and then lose, so that the client hears of them.</summary>
internal static class RecordGate
{
    /// <summary>
    /// What of a request may pass. The memory is written to when something may not: it must be the caller's alone.
    /// </summary>
    public static RecordCheckResult Pass(OtlpSignal signal, ref ReadOnlyMemory<byte> request)
    {
        var check = RecordCheck.Check(signal, request.Span, RecordLimits.Sentry);
        if (check.Refused > 0)
        {
            request = request[..RecordCheck.Cut(signal, MemoryMarshal.AsMemory(request).Span, RecordLimits.Sentry)];
        }

        return check;
    }

    /// <summary>Books what did not pass.</summary>
    public static void Reject(ExporterPipeline exporter, OtlpSignal signal, RecordCheckResult check)
    {
        Book(RejectReason.InvalidId, check.InvalidIds, check.InvalidIdBytes);
        Book(RejectReason.InvalidTime, check.InvalidTimes, check.InvalidTimeBytes);
        Book(RejectReason.RecordTooLarge, check.TooLarge, check.TooLargeBytes);

        void Book(RejectReason reason, int items, long bytes)
        {
            if (items > 0)
            {
                exporter.Reject(signal, Accounts.Others, reason, items, bytes);
            }
        }
    }

    /// <summary>What the client is told of what did not pass, after what it is told anyway.</summary>
    public static string Explain(OtlpSignal signal, RecordCheckResult check, string message)
    {
        var limit = RecordLimits.Sentry.Of(signal) >> 20;
        string[] parts =
        [
            message,
            check.InvalidIds > 0 ? $"{check.InvalidIds} rejected: Sentry discards spans with an invalid trace id, span id, parent span id or link" : string.Empty,
            check.InvalidTimes > 0 ? $"{check.InvalidTimes} rejected: Sentry discards spans that end before they start" : string.Empty,
            check.TooLarge > 0 ? $"{check.TooLarge} rejected: above Sentry's limit of {limit} MiB for one record with its resource and scope" : string.Empty,
        ];
        return string.Join("; ", parts.Where(part => part.Length > 0));
    }
}
