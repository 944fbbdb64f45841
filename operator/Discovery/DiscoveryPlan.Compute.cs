using SentryOtel.Crds;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Projects;

namespace SentryOtel.Operator.Discovery;

internal sealed partial record DiscoveryPlan
{
    private static readonly TimeSpan LongestGrace = TimeSpan.FromDays(3650);

    /// <summary>Whether an exporter wants routes for workloads. Where all data go to the project of one DSN, a route of a service's own could only take them away from it.</summary>
    public static bool IsWanted(SentryExporter exporter) =>
        exporter.Spec.Discovery.Enabled && !exporter.Spec.Suspend && exporter.Spec.OrgSlug is not null && exporter.Metadata.DeletionTimestamp is null;

    /// <summary>Compares what runs with what is routed.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="workloads">Workloads, of whatever kind and namespace.</param>
    /// <param name="namespaces">Labels of the namespaces that there are, by name.</param>
    /// <param name="routes">All routes that name the exporter.</param>
    /// <param name="now">The time.</param>
    public static DiscoveryPlan Compute(
        SentryExporter exporter,
        IEnumerable<Workload> workloads,
        IReadOnlyDictionary<string, IDictionary<string, string>> namespaces,
        IReadOnlyCollection<SentryProjectRoute> routes,
        DateTimeOffset now)
    {
        if (!IsWanted(exporter))
        {
            return Nothing;
        }

        var discovery = exporter.Spec.Discovery;
        var named = workloads.Where(workload => IsSelected(exporter, workload, namespaces)).ToLookup(workload => ServiceNames.Of(workload, discovery), StringComparer.Ordinal);
        var services = named
            .Where(static service => service.Key is not null)
            .ToDictionary(static service => service.Key!, static service => DiscoveryAnnotations.Format(service), StringComparer.Ordinal);
        var plan = Keep(services, Discovered(exporter, routes), now, GraceOf(exporter));
        var (creates, refusals) = Announce(exporter, services, routes);
        return plan with { Services = services.Count, Creates = creates, Refusals = refusals, Unread = Unreadable(named[null], discovery) };
    }

    // A period that no clock can hold is one that does not end.
    private static TimeSpan GraceOf(SentryExporter exporter) =>
        GoDuration.TryParse(exporter.Spec.Discovery.GracePeriod, out var grace) && grace < LongestGrace ? grace : LongestGrace;

    private static bool IsSelected(SentryExporter exporter, Workload workload, IReadOnlyDictionary<string, IDictionary<string, string>> namespaces)
    {
        var discovery = exporter.Spec.Discovery;
        return discovery.WorkloadKinds.Contains(workload.Kind)
            && !workload.IsDisabled
            && !(workload.Kind == WorkloadKind.Job && workload.IsOfCronJob)
            && (discovery.NamespaceSelector is { } selector
                ? namespaces.TryGetValue(workload.Metadata.Namespace!, out var labels) && LabelSelection.Matches(selector, labels)
                : workload.Metadata.Namespace == exporter.Metadata.Namespace);
    }

    private static IEnumerable<SentryProjectRoute> Discovered(SentryExporter exporter, IEnumerable<SentryProjectRoute> routes) => routes.Where(route =>
        RouteAnnotations.OriginOf(route) == RouteOrigin.Discovered
        && route.Metadata.Namespace == exporter.Metadata.Namespace
        && route.Metadata.DeletionTimestamp is null);

    private static DiscoveryPlan Keep(
        Dictionary<string, string> services, IEnumerable<SentryProjectRoute> discovered, DateTimeOffset now, TimeSpan grace)
    {
        List<SentryProjectRoute> marks = [], deletes = [];
        List<RouteUpdate> updates = [];
        DateTimeOffset? next = null;
        foreach (var route in discovered)
        {
            if (services.TryGetValue(route.Spec.AttributeValue, out var workloads))
            {
                if (DiscoveryAnnotations.Value(route, DiscoveryAnnotations.UnusedSince) is not null
                    || DiscoveryAnnotations.Value(route, SentryOtelGroup.WorkloadsAnnotation) != workloads)
                {
                    updates.Add(new RouteUpdate(route, workloads));
                }
            }
            else if (DiscoveryAnnotations.UnusedSinceOf(route) is not { } since)
            {
                marks.Add(route);
            }
            else
            {
                // Telemetry may go on though the label is gone: as long as it does, the route is not unused.
                var seen = route.Status?.Traffic?.LastSeenTime ?? since;
                var used = seen > since ? seen : since;

                // A time in the future was written by somebody else, and may have nothing after it.
                var due = (used < now ? used : now) + grace;
                if (due <= now)
                {
                    deletes.Add(route);
                }
                else if (next is null || due < next)
                {
                    next = due;
                }
            }
        }

        return new DiscoveryPlan { Marks = marks, Updates = updates, Deletes = deletes, NextCheck = next };
    }
}
