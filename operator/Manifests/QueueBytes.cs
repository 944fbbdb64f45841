using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>How much a gateway's queue may hold.</summary>
internal static class QueueBytes
{
    /// <summary>Below, the gateway refuses a queue on disk.</summary>
    public const long SmallestDisk = 16L * 1024 * 1024;

    /// <summary>Bytes of the whole queue; null for the gateway's own bound. A file system needs room of its own, so a volume is not used to its last byte.</summary>
    /// <remarks>Statuses tell of specs that are refused, too: a size that is none has no bytes.</remarks>
    public static long? Of(QueueSpec queue) => queue switch
    {
        { MaxBytes: { } text } => Quantity.TryBytes(text, out var bytes) ? bytes : null,
        { Storage: QueueStorage.Disk, VolumeClaim: { } claim } => Quantity.TryBytes(claim.Size, out var size) ? size / 5 * 4 : null,
        _ => null,
    };
}
