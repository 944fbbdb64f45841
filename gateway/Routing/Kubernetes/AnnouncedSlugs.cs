using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>
/// Slugs of values that were announced and are not in the routing table yet: two values that come at the same time must not name one project.
/// </summary>
/// <param name="capacity">Most values that are remembered beside those that come back to a project of theirs: no more are announced.</param>
/// <param name="collisions">Told of values that give way to others.</param>
internal sealed class AnnouncedSlugs(int capacity, SlugCollisions collisions)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _holders = new(StringComparer.Ordinal);

    /// <summary>The slug that a value would be announced with; or why it can not be.</summary>
    public bool TryChoose(LoadedTable table, string value, out string slug, out string error)
    {
        lock (_gate)
        {
            return TryChooseLocked(table, value, out slug, out error);
        }
    }

    /// <summary>The slug to announce a value with, tied to it from now on; null when there is none.</summary>
    public string? Take(LoadedTable table, string value)
    {
        lock (_gate)
        {
            if (!TryChooseLocked(table, value, out var slug, out _))
            {
                return null;
            }

            if (_holders.Count < capacity || table.IsLeft(slug))
            {
                _holders[slug] = value;
            }

            if (slug != value && SlugResolver.Normalize(value) is var wanted && wanted != slug)
            {
                collisions.Add(new SlugCollision(value, slug, table.HolderOf(wanted) ?? _holders.GetValueOrDefault(wanted) ?? wanted));
            }

            return slug;
        }
    }

    /// <summary>Forgets what the table holds by now.</summary>
    public void Settle(LoadedTable table)
    {
        lock (_gate)
        {
            foreach (var (slug, value) in _holders.ToArray())
            {
                if (table.Holds(value))
                {
                    _holders.Remove(slug);
                }
            }
        }
    }

    private bool TryChooseLocked(LoadedTable table, string value, out string slug, out string error) =>
        table.TrySlug(value, wanted => _holders.TryGetValue(wanted, out var holder) && holder != value, out slug, out error);
}
