using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Keeps an exporter within <c>projects.maxAutoCreated</c>. Counts what this process has let through, and once, when an exporter is met first, what its routes say was
/// created before; from then on it hears of every route that goes. A project that stays without its route keeps its place, by its slug: whoever comes for that slug takes no other.
/// </summary>
/// <param name="isOfPlans">Routes that are only planned go without a word: they are looked for before a place is refused.</param>
internal sealed class AutoCreationQuota(bool isOfPlans = false)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<ObjectKey>> _granted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string?> _organizations = new(StringComparer.Ordinal);
    private readonly Dictionary<ObjectKey, Grant> _grants = [];

    /// <summary>Whether the route may have a project created for it.</summary>
    /// <param name="exporter">Its exporter.</param>
    /// <param name="route">The route.</param>
    /// <param name="siblings">Gives all routes of the exporter as they are now.</param>
    /// <param name="left">Slugs of projects whose route is gone.</param>
    public bool TryTake(
        SentryExporter exporter, SentryProjectRoute route, Func<IEnumerable<SentryProjectRoute>> siblings, IReadOnlySet<string>? left = null)
    {
        lock (_gate)
        {
            LeaveOrganizationLocked(exporter);
            if (!_granted.TryGetValue(exporter.Metadata.Uid!, out var granted))
            {
                _granted.Add(exporter.Metadata.Uid!, granted = []);
                foreach (var made in siblings().Where(sibling => IsAutomatic(sibling) && IsCreated(exporter, sibling)))
                {
                    PutLocked(exporter, made);
                }
            }

            var key = ObjectKey.Of(route);
            if (_grants.TryGetValue(key, out var known) && known.Uid != route.Metadata.Uid)
            {
                // Deleted and made again under its name, unseen.
                ForgetLocked(key);
            }

            if (isOfPlans && !granted.Contains(key) && IsFullLocked(exporter, granted, left))
            {
                var alive = siblings().Select(static sibling => ObjectKey.Of(sibling)).ToHashSet();
                foreach (var gone in granted.Where(taken => !alive.Contains(taken)).ToList())
                {
                    ForgetLocked(gone);
                }
            }

            if (!granted.Contains(key) && !IsCreated(exporter, route) && !IsLeft(route, left) && IsFullLocked(exporter, granted, left))
            {
                return false;
            }

            PutLocked(exporter, route);
            return true;
        }
    }

    /// <summary>Nothing was created after all, or the route is gone: its place is free.</summary>
    public void Forget(ObjectKey route)
    {
        lock (_gate)
        {
            ForgetLocked(route);
        }
    }

    /// <summary>True for routes that no person wrote: the quota is about these.</summary>
    public static bool IsAutomatic(SentryProjectRoute route) => RouteAnnotations.OriginOf(route) != RouteOrigin.Manual;

    /// <summary>True for an automatic route whose project was made for it or may still be: one that was there before costs nothing, and one that counts without a route counts once.</summary>
    public static bool Counts(SentryExporter exporter, SentryProjectRoute route) => IsAutomatic(route)
        && route.Status?.Project is not { Id.Length: > 0, Created: false }
        && !(route.Spec.Project?.Slug is { } slug && LeftProjects.NotedOf(exporter).Contains(slug));

    private static bool IsCreated(SentryExporter exporter, SentryProjectRoute route) =>
        route.Status?.Project is { Created: true } project && !OrganizationUrl.IsElsewhere(exporter, project.OrganizationUrl);

    // What was let through in another organisation takes no place in this one.
    private void LeaveOrganizationLocked(SentryExporter exporter)
    {
        var (uid, now) = (exporter.Metadata.Uid!, OrganizationUrl.Of(exporter));
        if (_organizations.TryGetValue(uid, out var before) && before != now && _granted.TryGetValue(uid, out var granted))
        {
            foreach (var route in granted.ToList())
            {
                ForgetLocked(route);
            }

            _granted.Remove(uid);
        }

        _organizations[uid] = now;
    }

    private static bool IsLeft(SentryProjectRoute route, IReadOnlySet<string>? left) => route.Spec.Project?.Slug is { } slug && left?.Contains(slug) == true;

    private bool IsFullLocked(SentryExporter exporter, HashSet<ObjectKey> granted, IReadOnlySet<string>? left) => left is not { Count: > 0 }
        ? granted.Count >= exporter.Spec.Projects.MaxAutoCreated
        : left.Count >= LeftProjects.MaxNamed
            || granted.Count(key => _grants[key].Slug is not { } slug || !left.Contains(slug)) + left.Count >= exporter.Spec.Projects.MaxAutoCreated;

    private void PutLocked(SentryExporter exporter, SentryProjectRoute route)
    {
        var key = ObjectKey.Of(route);
        _granted[exporter.Metadata.Uid!].Add(key);
        _grants[key] = new Grant(exporter.Metadata.Uid!, route.Metadata.Uid, route.Spec.Project?.Slug);
    }

    private void ForgetLocked(ObjectKey route)
    {
        if (_grants.Remove(route, out var grant))
        {
            _granted[grant.Exporter].Remove(route);
        }
    }

    private sealed record Grant(string Exporter, string? Uid, string? Slug);
}
