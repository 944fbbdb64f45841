using SentryOtel.Crds;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Operator.Controllers;

/// <summary>Settings that the definition knows and the gateway of this version can not do. They are refused by name: none is ignored in silence.</summary>
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

        if (spec.Queue.Storage == QueueStorage.Disk)
        {
            yield return new FieldError("spec.queue.storage", "Disk is not supported by this version: use Memory");
        }

        if (spec.Queue.MaxBytes is not null)
        {
            yield return new FieldError("spec.queue.maxBytes", "is not supported by this version: set maxBytesPerProject, and limit the memory in gateway.resources");
        }

        if (spec.Http.Compression == HttpCompression.Zstd)
        {
            yield return new FieldError("spec.http.compression", "zstd is not supported by this version: use gzip");
        }

        if (spec.Metrics?.ForwardTo is not null)
        {
            yield return new FieldError("spec.metrics.forwardTo", "is not supported by this version: remove it, and send metrics elsewhere");
        }

        if (spec.Gateway.Tls is not null)
        {
            yield return new FieldError("spec.gateway.tls", "is not supported by this version: end TLS at an Ingress or a service mesh");
        }

        if (spec.Gateway.Auth is not null)
        {
            yield return new FieldError("spec.gateway.auth", "is not supported by this version: restrict clients by gateway.networkPolicy");
        }
    }
}
