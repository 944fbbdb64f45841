using SentryOtel.Crds;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Projects;
using SentryOtel.Sentry.Slugs;
using SlugPolicy = SentryOtel.Sentry.Slugs.SlugPolicy;

namespace SentryOtel.Operator.Discovery;

internal sealed partial record DiscoveryPlan
{
    /// <summary>Reason of a refusal: the exporter has as many routes that no person wrote as it may have.</summary>
    public const string MaxAutoCreatedReached = RouteReasons.MaxAutoCreatedReached;

    /// <summary>Reason of a refusal: the value can not be a slug, and the policy is strict.</summary>
    public const string InvalidSlug = "InvalidSlug";

    /// <summary>Reason of a refusal: the project belongs to another service already.</summary>
    public const string SlugTaken = "SlugTaken";

    /// <summary>Compares what runs with what is routed.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="workloads">Workloads, of whatever kind and namespace.</param>
    /// <param name="namespaces">Labels of the namespaces that there are, by name.</param>
    /// <param name="routes">All routes that name the exporter.</param>
    /// <param name="now">The time.</param>
    /// <param name="grace">How long a discovered route outlives its last workload.</param>
    public static DiscoveryPlan Compute(
        SentryExporter exporter,
        IEnumerable<Workload> workloads,
        IReadOnlyDictionary<string, IDictionary<string, string>> namespaces,
        IReadOnlyCollection<SentryProjectRoute> routes,
        DateTimeOffset now,
        TimeSpan grace)
    {
        // Where all data go to the project of one DSN, a route of a service's own could only take them away from it.
        if (!exporter.Spec.Discovery.Enabled || exporter.Spec.Suspend || exporter.Spec.OrgSlug is null || exporter.Metadata.DeletionTimestamp is not null)
        {
            return Nothing;
        }

        var key = exporter.Spec.Discovery.LabelKey;
        var services = workloads
            .Where(workload => IsSelected(exporter, workload, namespaces))
            .GroupBy(workload => workload.Label(key)!, StringComparer.Ordinal)
            .ToDictionary(static service => service.Key, static service => DiscoveryAnnotations.Format(service), StringComparer.Ordinal);
        var plan = Keep(services, Discovered(exporter, routes), now, grace);
        var (creates, refusals) = Announce(exporter, services, routes);
        return plan with { Creates = creates, Refusals = refusals };
    }

    private static bool IsSelected(SentryExporter exporter, Workload workload, IReadOnlyDictionary<string, IDictionary<string, string>> namespaces)
    {
        var discovery = exporter.Spec.Discovery;
        return workload.Label(discovery.LabelKey) is not null
            && discovery.WorkloadKinds.Contains(workload.Kind)
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
                    || DiscoveryAnnotations.Value(route, DiscoveryAnnotations.Workloads) != workloads)
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
                var due = (seen > since ? seen : since) + grace;
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

    private static (IReadOnlyList<DiscoveredService> Creates, IReadOnlyList<Problem> Refusals) Announce(
        SentryExporter exporter, Dictionary<string, string> services, IReadOnlyCollection<SentryProjectRoute> routes)
    {
        List<DiscoveredService> creates = [];
        List<Problem> refusals = [];
        var routed = routes.Select(static route => route.Spec.AttributeValue).ToHashSet(StringComparer.Ordinal);
        var values = routed.Union(services.Keys, StringComparer.Ordinal).ToList();
        var automatic = routes.Where(AutoCreationQuota.IsAutomatic).ToList();
        foreach (var (value, workloads) in services.Where(service => !routed.Contains(service.Key)).OrderBy(static service => service.Key, StringComparer.Ordinal))
        {
            var (slug, refusal) = Resolve(exporter, value, values, automatic);
            if (slug is null)
            {
                refusals.Add(refusal! with { Note = $"service \"{value}\" gets no route: {refusal.Note} ({workloads})" });
            }
            else if (automatic.Count + creates.Count >= exporter.Spec.Projects.MaxAutoCreated)
            {
                refusals.Add(new Problem(
                    value,
                    MaxAutoCreatedReached,
                    $"service \"{value}\" gets no route: the exporter has {automatic.Count + creates.Count} that nobody wrote, and projects.maxAutoCreated allows "
                    + $"{exporter.Spec.Projects.MaxAutoCreated}; raise it, or write the route ({workloads})"));
            }
            else
            {
                creates.Add(new DiscoveredService(value, slug, workloads));
            }
        }

        return (creates, refusals);
    }

    private static (string? Slug, Problem? Refusal) Resolve(
        SentryExporter exporter, string value, IReadOnlyList<string> values, IReadOnlyList<SentryProjectRoute> automatic)
    {
        var routing = exporter.Spec.Routing;
        if (routing.AttributeToProjectMapping?.TryGetValue(value, out var mapped) == true)
        {
            return (mapped, null);
        }

        var policy = routing.SlugPolicy == Crds.SlugPolicy.Normalize ? SlugPolicy.Normalize : SlugPolicy.Strict;
        if (!SlugResolver.TryResolve(value, policy, values, out var slug, out var error))
        {
            return (null, new Problem(value, InvalidSlug, error));
        }

        // The resolver keeps values apart that are there at the same time; one that came earlier may have the slug since before it had a rival.
        return automatic.FirstOrDefault(route => route.Spec.Project?.Slug == slug) is { } holder
            ? (null, new Problem(
                value,
                SlugTaken,
                $"project \"{slug}\" is that of service \"{holder.Spec.AttributeValue}\" already; name another in routing.attributeToProjectMapping, or write the route"))
            : (slug, null);
    }
}
