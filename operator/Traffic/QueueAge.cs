using SentryOtel.Crds;

namespace SentryOtel.Operator.Traffic;

/// <summary>How long an exporter's gateways keep data that can not be sent; the defaults are the gateway's own.</summary>
internal static class QueueAge
{
    private static readonly TimeSpan InMemory = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan OnDisk = TimeSpan.FromHours(24);

    public static TimeSpan Of(SentryExporter exporter) => exporter.Spec.Queue switch
    {
        // An exporter whose spec is refused has routes as well.
        { MaxAge: { } text } when GoDuration.TryParse(text, out var age) => age < SettingBounds.LongestAge ? age : SettingBounds.LongestAge,
        { Storage: QueueStorage.Disk } => OnDisk,
        _ => InMemory,
    };
}
