namespace SentryOtel.Operator.Manifests;

/// <summary>Where the gateway's container finds its files.</summary>
internal static class GatewayPaths
{
    public const string ConfigFolder = "/etc/sentry-otel/config";
    public const string ConfigKey = "gateway.yaml";

    /// <summary>What comes from Secrets and bundles; see <see cref="GatewayFiles"/>.</summary>
    public const string FilesFolder = "/etc/sentry-otel/files";

    /// <summary>The volume of the queue on disk.</summary>
    public const string DataFolder = "/var/lib/sentry-otel";

    /// <summary>The queue on disk: a folder of its own, since a file system may keep folders in its root that are not ours.</summary>
    public const string QueueFolder = DataFolder + "/queue";
}
