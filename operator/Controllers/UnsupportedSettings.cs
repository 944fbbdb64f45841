using SentryOtel.Crds;
using SentryOtel.Crds.Validation;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Controllers;

/// <summary>Settings that the definition knows and the gateway of this version can not do, or nobody can. They are refused by name: none is ignored in silence.</summary>
internal static class UnsupportedSettings
{
    private const int LongestName = 63;

    public static IEnumerable<FieldError> Find(SentryExporter exporter)
    {
        var spec = exporter.Spec;
        if (exporter.Metadata.Name!.Length > LongestName)
        {
            yield return new FieldError("metadata.name", $"must not be longer than {LongestName} characters: it is the value of a label");
        }

        foreach (var error in SettingBounds.Find(spec))
        {
            yield return error;
        }

        if (spec.Queue is { Storage: QueueStorage.Disk, VolumeClaim: { } claim } && QueueBytes.Of(spec.Queue) is { } room)
        {
            if (room < QueueBytes.SmallestDisk)
            {
                yield return new FieldError("spec.queue", "the queue on disk needs at least 16Mi: give volumeClaim.size 20Mi or more, or maxBytes 16Mi or more");
            }

            if (Quantity.TryBytes(claim.Size, out var size) && room > size)
            {
                yield return new FieldError("spec.queue.maxBytes", "is more than volumeClaim.size: the volume would be full before the queue is");
            }
        }

        if (spec.Http.Compression == HttpCompression.Zstd)
        {
            yield return new FieldError("spec.http.compression", "zstd is not supported by this version: use gzip");
        }
    }
}
