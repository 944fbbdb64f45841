using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>memory_limiter</c> as the gateway reads it.</summary>
/// <param name="AdmissionBytes">Half of the soft limit: what is accounted for; the rest is for the runtime and for bodies being compressed.</param>
internal sealed record MemoryLimit(long AdmissionBytes);

/// <summary><c>processors.batch</c> and <c>processors.memory_limiter</c>.</summary>
internal static class ProcessorReader
{
    private const long MiB = 1024 * 1024;
    private const double AccountedShare = 0.5;

    public static BatchConfiguration Batch(SectionReader section)
    {
        var otherwise = BatchConfiguration.Default;
        var batch = new BatchConfiguration(
            section.Duration("timeout", otherwise.Timeout, TimeSpan.Zero),
            (int)section.Number("send_batch_size", otherwise.Size, 0, int.MaxValue),
            (int)section.Number("send_batch_max_size", otherwise.MaxSize, 0, int.MaxValue));
        if (batch.MaxSize > 0 && batch.MaxSize < batch.Size)
        {
            section.Error("send_batch_max_size", "must not be smaller than send_batch_size.");
        }

        section.Ignore("has no meaning here: batches are cut per project, and metadata of requests is not passed on.", "metadata_keys", "metadata_cardinality_limit");
        section.Finish();
        return batch;
    }

    public static MemoryLimit MemoryLimit(SectionReader section, long availableMemory)
    {
        section.Ignore(
            "has no meaning here: room is reserved before a request is read, and nothing is sampled.",
            "check_interval", "min_gc_interval_when_soft_limited", "min_gc_interval_when_hard_limited");
        var mib = section.Number("limit_mib", 0, 0, 1L << 40);
        var percentage = section.Number("limit_percentage", 0, 0, 100);
        if (mib == 0 && percentage == 0)
        {
            section.Error("limit_mib", "limit_mib or limit_percentage must be set.");
        }

        var limit = mib > 0 ? mib * MiB : availableMemory / 100 * percentage;
        var spikeMib = section.Number("spike_limit_mib", 0, 0, 1L << 40);
        var spikePercentage = section.Number("spike_limit_percentage", 0, 0, 100);
        var spike = spikeMib > 0 ? spikeMib * MiB : spikePercentage > 0 ? availableMemory / 100 * spikePercentage : limit / 5;
        if (limit > 0 && spike >= limit)
        {
            section.Error(spikeMib > 0 ? "spike_limit_mib" : "spike_limit_percentage", "must be smaller than the limit.");
        }

        section.Finish();
        return new MemoryLimit((long)((limit - spike) * AccountedShare));
    }
}
