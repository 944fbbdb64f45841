using System.Collections.Concurrent;
using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Events;

namespace SentryOtel.Operator.Discovery;

/// <summary>What discovery found, for the status of exporters, which another controller writes.</summary>
internal sealed class DiscoveryBoard
{
    private readonly ConcurrentDictionary<ObjectKey, ExporterDiscovery?> _found = new();

    /// <summary>Told of an exporter whose counts have changed; set when the exporter controller is hooked up.</summary>
    public Action<ObjectKey>? Changed { get; set; }

    /// <summary>What was found; of an exporter that was not looked at since the start, what its status says.</summary>
    public ExporterDiscovery? Of(ObjectKey exporter, ExporterDiscovery? before) => _found.TryGetValue(exporter, out var found) ? found : before;

    /// <summary>Takes what was found; null for an exporter that looks for nothing.</summary>
    public void Set(ObjectKey exporter, ExporterDiscovery? found)
    {
        var isKnown = _found.TryGetValue(exporter, out var before);
        _found[exporter] = found;
        if (!isKnown || (before?.Services, before?.Refused, before?.Reasons) != (found?.Services, found?.Refused, found?.Reasons))
        {
            Changed?.Invoke(exporter);
        }
    }

    /// <summary>What a pass found; null for an exporter that looks for nothing.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="plan">What was planned.</param>
    /// <param name="problems">All that stands in the way, what came up in carrying the plan out included.</param>
    public static ExporterDiscovery? Count(SentryExporter exporter, DiscoveryPlan plan, IReadOnlyCollection<Problem> problems) => !DiscoveryPlan.IsWanted(exporter)
        ? null
        : new ExporterDiscovery
        {
            Services = plan.Services,
            Refused = plan.Refusals.Count + problems.Count(static problem => problem.Reason == DiscoveryWriter.NameConflict),
            Reasons = problems.Count == 0
                ? null
                : string.Join(", ", problems
                    .GroupBy(static problem => problem.Reason)
                    .OrderBy(static reason => reason.Key, StringComparer.Ordinal)
                    .Select(static reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Count()} {reason.Key}"))),
        };

    /// <summary>The exporter is gone.</summary>
    public void Forget(ObjectKey exporter) => _found.TryRemove(exporter, out _);
}
