using System.Text.Json.Nodes;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Cli.Conversion;

/// <summary>What may wait, and in what batches it is sent.</summary>
/// <param name="exporter">Path of the exporter.</param>
/// <param name="spec">The SentryExporter.</param>
/// <param name="tree">The configuration.</param>
/// <param name="context">What the gateway's readers found wrong.</param>
/// <param name="queue">The queue as they read it.</param>
/// <param name="notes">What there is to say.</param>
internal sealed class QueueConversion(
    string exporter, SpecBuilder spec, ConfigurationTree tree, ReadContext context, QueueConfiguration queue, List<ConversionNote> notes)
{
    // What the operator leaves to the file system and to segments that are rewritten.
    private const int VolumeShareInFifths = 4;

    private const long GiB = 1L << 30;

    public void Run()
    {
        var (collector, ours) = ($"{exporter}.sending_queue", $"{exporter}.queue");
        if (tree.Text($"{collector}.enabled")?.Read == "true")
        {
            tree.Take($"{collector}.enabled");
        }

        if (tree.Text($"{collector}.block_on_overflow")?.Read == "false")
        {
            tree.Take($"{collector}.block_on_overflow");
        }

        if (tree.Text($"{collector}.sizer")?.Read == "bytes" && Carry($"{collector}.queue_size", "queue.maxBytes", SpecBuilder.Bytes(queue.MaxBytes)))
        {
            tree.Take($"{collector}.sizer");
        }

        Carry($"{ours}.max_bytes", "queue.maxBytes", SpecBuilder.Bytes(queue.MaxBytes));
        Carry($"{ours}.max_bytes_per_project", "queue.maxBytesPerProject", SpecBuilder.Bytes(queue.MaxBytesPerProject));
        Carry($"{ours}.max_age", "queue.maxAge", SpecBuilder.Duration(queue.MaxAge));
        Carry($"{ours}.overflow", "queue.overflow", queue.Overflow == OverflowPolicy.DropOldest ? "DropOldest" : "Refuse");
        Batch($"{collector}.batch");
        Disk(collector, ours);
    }

    private void Batch(string path)
    {
        if (queue.Batch is not { } batch)
        {
            return;
        }

        Carry($"{path}.flush_timeout", "batch.timeout", SpecBuilder.Duration(batch.Timeout));
        if (batch.Size is > 0 and <= 100_000)
        {
            Carry($"{path}.min_size", "batch.sendBatchSize", batch.Size);
        }

        if (batch.MaxSize is > 0 and <= 100_000)
        {
            Carry($"{path}.max_size", "batch.sendBatchMaxSize", batch.MaxSize);
        }
    }

    private void Disk(string collector, string ours)
    {
        var path = tree.Has($"{collector}.storage") ? $"{collector}.storage" : $"{ours}.storage";
        if (queue.Disk is null)
        {
            Carry($"{ours}.storage", "queue.storage", "Memory");
            return;
        }

        if (!Carry(path, "queue.storage", "Disk"))
        {
            return;
        }

        var size = SpecBuilder.Bytes((((queue.MaxBytes / VolumeShareInFifths * 5) + GiB - 1) / GiB) * GiB);
        spec.Set("queue.volumeClaim.size", size);
        notes.Add(new ConversionNote(tree.LineOf(path), path, $"each gateway pod gets a volume of {size} of the cluster's default class for its queue: spec.queue.volumeClaim names another."));
    }

    private bool Carry(string path, string field, JsonNode? value) => Carrying.Carry(tree, context, spec, path, field, value);
}
