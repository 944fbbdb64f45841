using SentryOtel.Crds;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Routes;
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

    /// <summary>Reason of a refusal: the exporter's patterns keep the service out.</summary>
    public const string ServiceNotAllowed = RouteReasons.ServiceNotAllowed;

    /// <summary>Reason of a refusal: the name is longer than a route can hold.</summary>
    public const string NameTooLong = "NameTooLong";

    /// <summary>Reason of a problem: a workload's name is made from what discovery can not read.</summary>
    public const string ServiceNameNotRead = "ServiceNameNotRead";

    private static (IReadOnlyList<DiscoveredService> Creates, IReadOnlyList<Problem> Refusals) Announce(
        SentryExporter exporter, Dictionary<string, string> services, IEnumerable<SentryProjectRoute> known)
    {
        // A route without the exporter's consent takes no service's place.
        var routes = known.Where(static route => !RouteClaims.IsKeptOut(route)).ToList();
        List<DiscoveredService> creates = [];
        List<Problem> refusals = [];
        var routed = routes.Select(static route => route.Spec.AttributeValue).ToHashSet(StringComparer.Ordinal);
        var values = routed.Union(services.Keys, StringComparer.Ordinal).ToList();
        var automatic = routes.Where(AutoCreationQuota.IsAutomatic).ToList();
        var left = LeftProjects.NotedOf(exporter);
        var rationed = automatic.Count(route => AutoCreationQuota.Counts(exporter, route)) + left.Count;
        foreach (var (value, workloads) in services.Where(service => !routed.Contains(service.Key)).OrderBy(static service => service.Key, StringComparer.Ordinal))
        {
            var (slug, refusal) = Resolve(exporter, value, values, automatic);
            if (slug is null)
            {
                refusals.Add(refusal! with { Note = $"service \"{value}\" gets no route: {refusal.Note} ({workloads})" });
            }
            else if (left.Contains(slug))
            {
                // Its project is there and counts as it is.
                creates.Add(new DiscoveredService(value, slug, workloads));
            }
            else if (rationed >= exporter.Spec.Projects.MaxAutoCreated)
            {
                refusals.Add(new Problem(
                    value,
                    MaxAutoCreatedReached,
                    $"service \"{value}\" gets no route: the exporter has {rationed} that nobody wrote{Gone(left.Count)}, and projects.maxAutoCreated allows "
                    + $"{exporter.Spec.Projects.MaxAutoCreated}; raise it, or write the route ({workloads})"));
            }
            else
            {
                rationed++;
                creates.Add(new DiscoveredService(value, slug, workloads));
            }
        }

        return (creates, refusals);
    }

    private static string Gone(int count) => count == 0 ? "" : $" ({count} are gone and left their project, see status.projects.withoutRoute)";

    private static (string? Slug, Problem? Refusal) Resolve(
        SentryExporter exporter, string value, IReadOnlyList<string> values, IReadOnlyList<SentryProjectRoute> automatic)
    {
        var routing = exporter.Spec.Routing;
        if (value.Length > ServiceNames.MaxLength)
        {
            return (null, new Problem(value, NameTooLong, $"a name has no more than {ServiceNames.MaxLength} characters"));
        }

        if (!AutoCreationGate.IsAllowed(exporter, value))
        {
            return (null, new Problem(value, ServiceNotAllowed, "projects.allowedServices or projects.deniedServices keep it out; change them, or write the route"));
        }

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

    private static IReadOnlyList<Problem> Unreadable(IEnumerable<Workload> nameless, DiscoverySpec discovery) =>
    [
        .. nameless
            .Select(workload => (Workload: workload.ToString(), Why: ServiceNames.UnreadOf(workload, discovery)))
            .Where(static found => found.Why is not null)
            .OrderBy(static found => found.Workload, StringComparer.Ordinal)
            .Select(static found => new Problem(
                found.Workload, ServiceNameNotRead, $"{found.Workload} gets no route: {found.Why}; name its service by another of discovery.sources, or write the route")),
    ];
}
