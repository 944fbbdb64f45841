using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>extensions.file_storage</c>, the Collector's place for queues on disk.</summary>
internal static class FileStorageReader
{
    // The Collector's default on Linux.
    private const string DefaultDirectory = "/var/lib/otelcol/file_storage";

    public static DiskQueueConfiguration Read(SectionReader section)
    {
        var directory = section.Text("directory") ?? DefaultDirectory;
        var storage = new DiskQueueConfiguration(directory, section.Flag("create_directory", true), section.Flag("fsync", true));
        section.Ignore("has no meaning here: the queue deletes and rewrites its segments as it goes.", "compaction");
        section.Ignore("has no meaning here: one process holds the directory, and a second one fails at once.", "timeout");
        section.Ignore("has no meaning here: a damaged segment is set aside, and the rest is used.", "recreate");
        section.Ignore("has no meaning here: the directory is made with the permissions of the process.", "directory_permissions");
        section.Ignore("has no meaning here: see exporters.sentry.queue.max_bytes.", "max_size");
        section.Finish();
        return storage;
    }
}
