using SentryOtel.Crds;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Keeps an exporter within <c>projects.maxAutoCreated</c>. Counts what the routes say was created and what this process has let through since,
/// since the cache does not know that yet.
/// </summary>
internal sealed class AutoCreationQuota
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, HashSet<string>> _granted = new(StringComparer.Ordinal);

    /// <summary>Whether the route may have a project created for it.</summary>
    /// <param name="exporter">Its exporter.</param>
    /// <param name="route">The route.</param>
    /// <param name="siblings">
    /// Gives all routes of the exporter as they are now: in a list of before, a route that came since would be missing and lose what it was granted.
    /// </param>
    public bool TryTake(SentryExporter exporter, SentryProjectRoute route, Func<IEnumerable<SentryProjectRoute>> siblings)
    {
        lock (_gate)
        {
            var alive = siblings().Where(IsAutomatic).ToDictionary(static sibling => sibling.Metadata.Uid!, StringComparer.Ordinal);
            if (!_granted.TryGetValue(exporter.Metadata.Uid!, out var granted))
            {
                _granted.Add(exporter.Metadata.Uid!, granted = new HashSet<string>(StringComparer.Ordinal));
            }

            granted.RemoveWhere(uid => !alive.ContainsKey(uid));
            granted.UnionWith(alive.Values.Where(static sibling => sibling.Status?.Project?.Created == true).Select(static sibling => sibling.Metadata.Uid!));
            return granted.Contains(route.Metadata.Uid!) || (granted.Count < exporter.Spec.Projects.MaxAutoCreated && granted.Add(route.Metadata.Uid!));
        }
    }

    /// <summary>Nothing was created after all.</summary>
    public void GiveBack(SentryExporter exporter, SentryProjectRoute route)
    {
        lock (_gate)
        {
            if (_granted.TryGetValue(exporter.Metadata.Uid!, out var granted))
            {
                granted.Remove(route.Metadata.Uid!);
            }
        }
    }

    /// <summary>True for routes that no person wrote: the quota is about these.</summary>
    public static bool IsAutomatic(SentryProjectRoute route) => RouteAnnotations.OriginOf(route) != RouteOrigin.Manual;

    /// <summary>True for an automatic route whose project was made for it or may still be: one that was there before costs nothing.</summary>
    public static bool Counts(SentryProjectRoute route) => IsAutomatic(route) && route.Status?.Project is not { Id.Length: > 0, Created: false };
}
