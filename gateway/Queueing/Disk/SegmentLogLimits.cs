namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>The bounds of a log.</summary>
/// <param name="MaxBytes">Bytes of all its files.</param>
/// <param name="SegmentBytes">Bytes at which a segment is closed; as many are kept free to rewrite what is left of old ones.</param>
/// <param name="Sync">Sync before an append is acknowledged.</param>
internal sealed record SegmentLogLimits(long MaxBytes, long SegmentBytes, bool Sync)
{
    /// <summary>Sixteen segments at least, none above 64 MiB.</summary>
    public static SegmentLogLimits For(long maxBytes, bool sync) => new(maxBytes, Math.Clamp(maxBytes / 16, 64 * 1024, 64L * 1024 * 1024), sync);
}
