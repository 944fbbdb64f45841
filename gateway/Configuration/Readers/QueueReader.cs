using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>sending_queue</c>, the Collector's, and <c>queue</c>, ours.</summary>
internal static class QueueReader
{
    public static QueueConfiguration Read(SectionReader? collector, SectionReader? ours)
    {
        var queue = new QueueConfiguration();
        queue = collector is null ? queue : Collector(collector, queue);
        return ours is null ? queue : Ours(ours, queue);
    }

    private static QueueConfiguration Collector(SectionReader section, QueueConfiguration queue)
    {
        if (!section.Flag("enabled", true))
        {
            section.Warning("enabled", "the gateway always queues: false has no meaning here.");
        }

        if (section.Flag("block_on_overflow", false))
        {
            section.Warning("block_on_overflow", "has no meaning here: a full queue tells the client when to come back.");
        }

        if (section.Flag("wait_for_result", false))
        {
            section.Error("wait_for_result", "not supported yet; remove it.");
        }

        section.NotSupportedYet("storage", "batch");
        var sizer = section.OneOf("sizer", "requests", "requests", "items", "bytes");
        if (sizer == "bytes")
        {
            queue = queue with { MaxBytesPerProject = section.Bytes("queue_size", queue.MaxBytesPerProject, 1) };
        }
        else if (section.Has("queue_size"))
        {
            section.Number("queue_size", 1000, 1, long.MaxValue);
            section.Warning("queue_size", "has no meaning here unless sizer is bytes: queues are bounded in bytes per project, see queue.max_bytes_per_project.");
        }

        queue = queue with { Consumers = (int)section.Number("num_consumers", queue.Consumers, 1, 10_000) };
        section.Finish();
        return queue;
    }

    private static QueueConfiguration Ours(SectionReader section, QueueConfiguration queue)
    {
        if (section.OneOf("storage", "memory", "memory", "disk") == "disk")
        {
            section.Error("storage", "disk is not supported yet; use memory.");
        }

        section.NotSupportedYet("max_bytes", "directory");
        var parking = section.Section("parking");
        queue = queue with
        {
            MaxBytesPerProject = section.Bytes("max_bytes_per_project", queue.MaxBytesPerProject, 1),
            ConsumersPerProject = (int)section.Number("consumers_per_project", queue.ConsumersPerProject, 1, 1000),
            MaxAge = section.Duration("max_age", queue.MaxAge, TimeSpan.FromSeconds(1)),
            Parking = parking is null ? queue.Parking : Parking(parking, queue.Parking),
        };
        section.Finish();
        return queue;
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
