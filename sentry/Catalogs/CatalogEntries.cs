using SentryOtel.Sentry.Api;

namespace SentryOtel.Sentry.Catalogs;

/// <summary>
/// The projects of an organisation as they were last seen, one by one or in a list. What was seen or written after a list was begun outweighs the list. Only what a route
/// needs is kept. Thread safe.
/// </summary>
internal sealed class CatalogEntries
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _removed = new(StringComparer.Ordinal);
    private Dictionary<string, CatalogEntry> _byId = new(StringComparer.Ordinal);

    // Slugs of before lead to their project too, until another one takes them: as Sentry's redirects do.
    private readonly Dictionary<string, string> _bySlug = new(StringComparer.Ordinal);

    /// <summary>A project by id or by a slug, present or former. No slug is a number.</summary>
    public CatalogEntry? Find(string slugOrId)
    {
        lock (_gate)
        {
            return FindLocked(slugOrId);
        }
    }

    /// <summary>Takes a project that was read alone, created or changed.</summary>
    public void Put(SentryProject project, ReadTime at)
    {
        lock (_gate)
        {
            var known = _byId.GetValueOrDefault(project.Id);
            if (known?.At.Asked > at.Asked || IsRemovedLocked(project.Id, at))
            {
                return;
            }

            SetLocked(known is null ? new CatalogEntry(Trim(project), at) : known with { Project = Trim(project), At = at });
        }
    }

    /// <summary>Sentry sent on from a slug to a project.</summary>
    public void Redirect(string slug, string projectId)
    {
        lock (_gate)
        {
            if (slug != projectId && _byId.ContainsKey(projectId))
            {
                _bySlug[slug] = projectId;
            }
        }
    }

    /// <summary>Takes a project's keys.</summary>
    public void PutKeys(string projectId, IReadOnlyList<ProjectKey> keys, ReadTime at)
    {
        lock (_gate)
        {
            if (FindLocked(projectId) is { } known && known.KeysAt.Asked <= at.Asked)
            {
                _byId[known.Project.Id] = known with { Keys = keys, KeysAt = at };
            }
        }
    }

    /// <summary>Takes a key that was created.</summary>
    public void AddKey(string projectId, ProjectKey key, ReadTime at)
    {
        lock (_gate)
        {
            if (FindLocked(projectId) is { } known)
            {
                _byId[known.Project.Id] = known with { Keys = [.. known.Keys ?? [], key], KeysAt = at };
            }
        }
    }

    /// <summary>A project is gone; a list that was begun before can not bring it back.</summary>
    public void Remove(string slugOrId, ReadTime at)
    {
        lock (_gate)
        {
            if (FindLocked(slugOrId) is { } known && known.At.Asked <= at.Asked)
            {
                _byId.Remove(known.Project.Id);
                _removed[known.Project.Id] = at.Answered;
                foreach (var slug in _bySlug.Where(pair => pair.Value == known.Project.Id).Select(static pair => pair.Key).ToList())
                {
                    _bySlug.Remove(slug);
                }
            }
        }
    }

    /// <summary>Takes a whole list: what it does not name is gone, unless it was seen later.</summary>
    /// <param name="projects">Every project.</param>
    /// <param name="keys">Every active key; null when the server has no such list.</param>
    /// <param name="at">When the list was read.</param>
    public void Merge(IReadOnlyList<SentryProject> projects, IReadOnlyList<ProjectKey>? keys, ReadTime at)
    {
        var listed = keys?.ToLookup(static key => key.ProjectId, StringComparer.Ordinal);
        var teams = new Dictionary<string, SentryTeam>(StringComparer.Ordinal);
        lock (_gate)
        {
            var before = _byId;
            _byId = before.Where(pair => pair.Value.At.Asked > at.Asked).ToDictionary(StringComparer.Ordinal);
            foreach (var project in projects.Where(project => !_byId.ContainsKey(project.Id) && !IsRemovedLocked(project.Id, at)))
            {
                var known = before.GetValueOrDefault(project.Id);
                SetLocked(WithKeys(new CatalogEntry(Trim(project, teams), at) { Keys = known?.Keys, KeysAt = known?.KeysAt ?? default }, listed, at));
            }

            foreach (var slug in _bySlug.Where(pair => !_byId.ContainsKey(pair.Value)).Select(static pair => pair.Key).ToList())
            {
                _bySlug.Remove(slug);
            }

            foreach (var id in _removed.Where(pair => pair.Value <= at.Asked).Select(static pair => pair.Key).ToList())
            {
                _removed.Remove(id);
            }
        }
    }

    private static CatalogEntry WithKeys(CatalogEntry entry, ILookup<string, ProjectKey>? listed, ReadTime at)
    {
        if (listed is null || entry.KeysAt.Asked > at.Asked)
        {
            return entry;
        }

        // A list may have skipped them: whoever needs one asks the project itself.
        return entry with { Keys = listed[entry.Project.Id].ToArray() is [_, ..] keys ? keys : null, KeysAt = at };
    }

    private CatalogEntry? FindLocked(string slugOrId) =>
        _byId.TryGetValue(slugOrId, out var byId) ? byId : _bySlug.TryGetValue(slugOrId, out var id) ? _byId.GetValueOrDefault(id) : null;

    private bool IsRemovedLocked(string id, ReadTime at) => _removed.TryGetValue(id, out var removed) && removed >= at.Asked;

    private void SetLocked(CatalogEntry entry)
    {
        _byId[entry.Project.Id] = entry;
        _bySlug[entry.Project.Slug] = entry.Project.Id;
    }

    private static SentryProject Trim(SentryProject project, Dictionary<string, SentryTeam>? teams = null) => new()
    {
        Id = project.Id,
        Slug = project.Slug,
        Platform = project.Platform,
        DateCreated = project.DateCreated,
        Status = project.Status,
        Teams = project.Teams is { } owners ? [.. owners.Select(team => Trim(team, teams))] : null,
    };

    private static SentryTeam Trim(SentryTeam team, Dictionary<string, SentryTeam>? teams)
    {
        if (teams is null)
        {
            return new SentryTeam { Id = team.Id, Slug = team.Slug };
        }

        // Projects share their few teams.
        return teams.TryGetValue(team.Id, out var known) ? known : teams[team.Id] = new SentryTeam { Id = team.Id, Slug = team.Slug };
    }
}
