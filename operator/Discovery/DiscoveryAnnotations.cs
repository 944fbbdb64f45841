using System.Globalization;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Discovery;

/// <summary>Annotations that discovery reads and writes.</summary>
internal static class DiscoveryAnnotations
{
    /// <summary>On a workload: <see cref="Disabled"/> keeps it from getting a route.</summary>
    public const string Discovery = SentryOtelGroup.DiscoveryAnnotation;

    /// <summary>Value of <see cref="Discovery"/>.</summary>
    public const string Disabled = "disabled";

    /// <summary>On a discovered route: since when no workload carries its value, RFC 3339.</summary>
    public const string UnusedSince = SentryOtelGroup.Group + "/unused-since";

    /// <summary>On a discovered route: the workloads that carry its value, for people.</summary>
    public const string Workloads = SentryOtelGroup.WorkloadsAnnotation;

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

    /// <summary>Workloads as <see cref="Workloads"/> names them: the first ten, and how many more there are.</summary>
    public static string Format(IEnumerable<Workload> workloads)
    {
        var names = workloads.Select(static workload => workload.ToString()).Order(StringComparer.Ordinal).ToList();
        var text = string.Join(", ", names.Take(NamedWorkloads));
        return names.Count <= NamedWorkloads ? text : $"{text} and {names.Count - NamedWorkloads} more";
    }
}
