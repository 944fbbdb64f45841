using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>sending_queue</c>, the Collector's, and <c>queue</c>, ours.</summary>
/// <param name="storages">The <c>file_storage</c> extensions in service, by component id.</param>
internal sealed class QueueReader(IReadOnlyDictionary<string, DiskQueueConfiguration> storages)
{
    // Below, one large request would fill it.
    private const long SmallestDisk = 16L * 1024 * 1024;

    public QueueConfiguration Read(SectionReader? collector, SectionReader? ours)
    {
        var queue = new QueueConfiguration();
        queue = collector is null ? queue : Collector(collector, queue);
        queue = ours is null ? queue : Ours(ours, queue);
        if (queue.Disk is not null && queue.MaxBytes == long.MaxValue)
        {
            queue = queue with { MaxBytes = DiskQueueConfiguration.DefaultMaxBytes };
        }

        if (queue.Disk is not null && queue.MaxBytes < SmallestDisk)
        {
            var at = ours?.Has("max_bytes") == true ? (ours, "max_bytes") : (collector!, "queue_size");
            at.Item1.Error(at.Item2, "must be at least 16MiB with a queue on disk: it holds segments and room to rewrite them.");
        }

        return queue.Disk is null ? queue : queue with
        {
            MaxBytesPerProject = ours?.Has("max_bytes_per_project") == true ? queue.MaxBytesPerProject : queue.MaxBytes / 4,
            MaxAge = ours?.Has("max_age") == true ? queue.MaxAge : DiskQueueConfiguration.DefaultMaxAge,
        };
    }

    private QueueConfiguration Collector(SectionReader section, QueueConfiguration queue)
    {
        if (!section.Flag("enabled", true))
        {
            section.Warning("enabled", "the gateway always queues: false has no meaning here.");
        }

        if (section.Flag("block_on_overflow", false))
        {
            section.Warning("block_on_overflow", "has no meaning here: a full queue tells the client when to come back.");
        }

        var storage = section.Text("storage");
        if (storage is { Length: > 0 })
        {
            queue = queue with { Disk = Storage(section, storage) };
        }

        if (section.Flag("wait_for_result", false))
        {
            if (queue.Disk is not null)
            {
                section.Error("wait_for_result", "can not be combined with storage; remove one of them.");
            }
            else
            {
                section.Warning("wait_for_result", "has no meaning here: the client is answered when its data are queued. With storage, what was answered survives a crash.");
            }
        }

        var sizer = section.OneOf("sizer", "requests", "requests", "items", "bytes");
        if (sizer == "bytes")
        {
            queue = queue with { MaxBytes = section.Bytes("queue_size", queue.MaxBytes, 1) };
        }
        else if (section.Has("queue_size"))
        {
            section.Number("queue_size", 1000, 1, long.MaxValue);
            section.Warning("queue_size", "has no meaning here unless sizer is bytes: queues are bounded in bytes, see queue.max_bytes and queue.max_bytes_per_project.");
        }

        queue = queue with
        {
            Consumers = (int)section.Number("num_consumers", queue.Consumers, 1, 10_000),
            Batch = section.Section("batch") is { } batch ? Batch(batch, section.Has("sizer") && sizer == "bytes") : null,
        };
        section.Finish();
        return queue;
    }

    private DiskQueueConfiguration? Storage(SectionReader section, string storage)
    {
        if (storages.TryGetValue(storage, out var found))
        {
            return found;
        }

        section.Error("storage", $"no extension \"{storage}\" of type file_storage is configured under extensions and named in service.extensions.{NearMiss.Hint(storage, storages.Keys)}");
        return null;
    }

    // The Collector's defaults, which differ from those of its batch processor.
    private static BatchConfiguration Batch(SectionReader section, bool inBytes)
    {
        var timeout = section.Duration("flush_timeout", TimeSpan.FromMilliseconds(200), TimeSpan.FromTicks(1));
        var sizer = section.OneOf("sizer", inBytes ? "bytes" : "items", "items", "bytes");
        var min = section.Number("min_size", 8192, 0, int.MaxValue);
        var max = section.Number("max_size", 0, 0, int.MaxValue);
        if (max > 0 && max < min)
        {
            section.Error("max_size", "must not be smaller than min_size.");
        }

        if (section.Section("partition") is { } partition)
        {
            partition.Ignore("has no meaning here: batches are cut per project, and metadata of clients are not passed on.", "metadata_keys");
            partition.Finish();
        }

        section.Finish();
        return sizer == "bytes" ? new BatchConfiguration(timeout, int.MaxValue, 0, min, max) : new BatchConfiguration(timeout, (int)min, (int)max);
    }

    private static QueueConfiguration Ours(SectionReader section, QueueConfiguration queue)
    {
        queue = queue with { Disk = Disk(section, queue.Disk) };
        var parking = section.Section("parking");
        queue = queue with
        {
            MaxBytes = section.Bytes("max_bytes", queue.MaxBytes, 1),
            MaxBytesPerProject = section.Bytes("max_bytes_per_project", queue.MaxBytesPerProject, 1),
            ConsumersPerProject = (int)section.Number("consumers_per_project", queue.ConsumersPerProject, 1, 1000),
            MaxAge = section.Duration("max_age", queue.MaxAge, TimeSpan.FromSeconds(1)),
            Overflow = section.OneOf("overflow", "refuse", "refuse", "drop_oldest") == "drop_oldest" ? OverflowPolicy.DropOldest : OverflowPolicy.Refuse,
            Parking = parking is null ? queue.Parking : Parking(parking, queue.Parking),
        };
        section.Finish();
        return queue;
    }

    private static DiskQueueConfiguration? Disk(SectionReader section, DiskQueueConfiguration? collectors)
    {
        var storage = section.OneOf("storage", collectors is null ? "memory" : "disk", "memory", "disk");
        var directory = section.Text("directory");
        var sync = section.Flag("fsync", collectors?.Sync ?? true);
        if (storage == "memory")
        {
            foreach (var key in (ReadOnlySpan<string>)["directory", "fsync"])
            {
                if (section.Has(key))
                {
                    section.Error(key, "has a meaning with storage: disk only.");
                }
            }

            if (collectors is not null)
            {
                section.Error("storage", "sending_queue.storage names a place on disk; remove one of them.");
            }

            return null;
        }

        if (string.IsNullOrEmpty(directory) && collectors is null && !section.HasError("directory"))
        {
            section.Error("directory", "must be configured with storage: disk: a directory on a volume of this gateway's own.");
        }

        return new DiskQueueConfiguration(directory ?? collectors?.Directory ?? string.Empty, collectors?.CreateDirectory ?? true, sync);
    }

    private static ParkingConfiguration Parking(SectionReader section, ParkingConfiguration parking)
    {
        parking = new ParkingConfiguration
        {
            MaxBytes = section.Bytes("max_bytes", parking.MaxBytes, 1),
            MaxBytesPerService = section.Bytes("max_bytes_per_service", parking.MaxBytesPerService, 1),
            MaxAge = section.Duration("max_age", parking.MaxAge, TimeSpan.FromSeconds(1)),
            MaxServices = (int)section.Number("max_services", parking.MaxServices, 1, 100_000),
        };
        section.Finish();
        return parking;
    }
}
