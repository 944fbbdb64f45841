using System.Globalization;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Discovery;

/// <summary>What discovery reads from annotations and writes to them; names that the plugin knows, too, are in <see cref="SentryOtelGroup"/>.</summary>
internal static class DiscoveryAnnotations
{
    /// <summary>On a discovered route: since when no workload carries its value, RFC 3339.</summary>
    public const string UnusedSince = SentryOtelGroup.Group + "/unused-since";

    private const int NamedWorkloads = 10;

    /// <summary>Since when a route is unused; null when it is used, or the annotation is no time.</summary>
    public static DateTimeOffset? UnusedSinceOf(SentryProjectRoute route) =>
        Value(route, UnusedSince) is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : null;

    /// <summary>An annotation of a route, or null.</summary>
    public static string? Value(SentryProjectRoute route, string annotation) =>
        route.Metadata.Annotations?.TryGetValue(annotation, out var value) == true ? value : null;

    /// <summary>A time as <see cref="UnusedSince"/> holds it.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>Workloads as <see cref="SentryOtelGroup.WorkloadsAnnotation"/> names them: the first ten, and how many more there are.</summary>
    public static string Format(IEnumerable<Workload> workloads)
    {
        var names = workloads.Select(static workload => workload.ToString()).Order(StringComparer.Ordinal).ToList();
        var text = string.Join(", ", names.Take(NamedWorkloads));
        return names.Count <= NamedWorkloads ? text : $"{text} and {names.Count - NamedWorkloads} more";
    }
}
