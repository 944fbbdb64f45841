using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Queueing;

/// <summary>The bounds of one project's queue.</summary>
/// <param name="MaxBytes">Waiting bytes.</param>
/// <param name="MaxAge">Longest wait.</param>
/// <param name="Concurrency">Batches in flight at a time.</param>
/// <param name="Linger">Longest time that an open batch waits for more.</param>
/// <param name="BatchItems">Items that close a batch.</param>
/// <param name="BatchBytes">Bytes that close a batch.</param>
/// <param name="MaxBatchItems">Most items of a batch.</param>
/// <param name="MaxBatchBytes">Most bytes of a batch, uncompressed.</param>
/// <param name="Gzip">Whether batches are compressed.</param>
internal sealed record QueueLimits(
    long MaxBytes, TimeSpan MaxAge, int Concurrency, TimeSpan Linger, int BatchItems, int BatchBytes, int MaxBatchItems, int MaxBatchBytes, bool Gzip)
{
    /// <summary>Sentry's Relay takes 12 MiB; a third of it leaves room for what its settings may lower.</summary>
    public const int SafeBatchBytes = 4 * 1024 * 1024;

    /// <summary>Relay may bound the log records of a request (getsentry/relay 6263); it copies the resource onto each.</summary>
    public const int SafeLogRecords = 1000;

    /// <summary>The bounds that a configuration asks for, within what is safe to send.</summary>
    public static QueueLimits From(ExporterConfiguration exporter, BatchConfiguration batch, bool logs)
    {
        var safe = logs ? SafeLogRecords : int.MaxValue;
        var max = batch.MaxSize > 0 ? Math.Min(batch.MaxSize, safe) : safe;
        var maxBytes = batch.MaxBytes > 0 ? (int)Math.Min(batch.MaxBytes, SafeBatchBytes) : SafeBatchBytes;
        return new QueueLimits(
            exporter.Queue.Disk is null ? exporter.Queue.MaxBytesPerProject : long.MaxValue,
            exporter.Queue.MaxAge,
            exporter.Queue.ConsumersPerProject,
            batch.Timeout,
            Math.Min(Math.Max(batch.Size, 1), max),
            batch.Bytes > 0 ? (int)Math.Min(batch.Bytes, maxBytes) : maxBytes,
            max,
            maxBytes,
            exporter.Http.Gzip);
    }
}
