using System.Collections.Immutable;
using System.Security.Cryptography;

namespace SentryOtel.SentryServer.State;

/// <summary>The organisation's projects. Every change is atomic; what is handed out is a snapshot.</summary>
public sealed class ProjectStore
{
    private readonly SentryState _state;
    private readonly SortedDictionary<long, Project> _projects = [];
    private readonly Dictionary<string, long> _bySlug = new(StringComparer.Ordinal);
    private readonly Dictionary<long, int> _missedReads = [];
    private long _nextId = 4500000000000101;

    internal ProjectStore(SentryState state) => _state = state;

    /// <summary>Every project, those pending deletion too, oldest first.</summary>
    public ImmutableArray<Project> All()
    {
        lock (_state.Gate)
        {
            return [.. _projects.Values];
        }
    }

    /// <summary>The active project of that id or slug; not one that was renamed away from it.</summary>
    public Project? Find(string idOrSlug)
    {
        lock (_state.Gate)
        {
            var isKnown = long.TryParse(idOrSlug, out var id) || _bySlug.TryGetValue(idOrSlug, out id);
            var project = isKnown ? _projects.GetValueOrDefault(id) : null;
            return project is { Status: ProjectStatus.Active } ? project : null;
        }
    }

    /// <summary>The project of that id, whatever its status.</summary>
    public Project? Get(long id)
    {
        lock (_state.Gate)
        {
            return _projects.GetValueOrDefault(id);
        }
    }

    /// <summary>The active project that once had this slug, when no project has it now.</summary>
    public Project? FindRenamed(string slug)
    {
        lock (_state.Gate)
        {
            return Find(slug) is null ? _projects.Values.LastOrDefault(p => p.Status == ProjectStatus.Active && p.PreviousSlugs.Contains(slug)) : null;
        }
    }

    /// <summary>Creates a project and its "Default" key. A null slug is derived from the name, with a random tail on a clash.</summary>
    public Result<Project> Create(string name, string? slug = null, string? platform = null, string? team = null, bool defaultRules = true)
    {
        lock (_state.Gate)
        {
            var owner = team is null ? _state.Teams.All().FirstOrDefault() : _state.Teams.Find(team);
            if (team is not null && owner is null)
            {
                return Refusal.Missing;
            }

            if (slug is not null && SlugRules.Check(slug, _state.Modes.MaxSlugLength) is { } refusal)
            {
                return refusal;
            }

            if (slug is not null && Find(slug) is not null)
            {
                return new Refusal(RefusalKind.Conflict, "A project with this slug already exists.");
            }

            var project = new Project
            {
                Id = _nextId++,
                Slug = slug ?? SlugRules.FromName(name, _state.Modes.MaxSlugLength, candidate => Find(candidate) is not null),
                Name = name,
                Platform = platform,
                DateCreated = _state.Now,
                TeamIds = owner is null ? [] : [owner.Id],
                DefaultRules = defaultRules,
            };
            _projects.Add(project.Id, project);
            _bySlug.Add(project.Slug, project.Id);
            _missedReads[project.Id] = _state.Modes.ProjectVisibilityLag;
            _state.Keys.Create(project.Id, "Default");
            _state.Keys.HideNextReads(project.Id, _state.Modes.KeyVisibilityLag);
            return project;
        }
    }

    /// <summary>Changes a project; a new slug leaves a redirect behind. Refuses a slug that is taken as a bad field, as Sentry does on PUT.</summary>
    public Result<Project> Update(long id, Func<Project, Project> change)
    {
        lock (_state.Gate)
        {
            if (Get(id) is not { Status: ProjectStatus.Active } before)
            {
                return Refusal.Missing;
            }

            var after = change(before);
            if (after.Slug != before.Slug)
            {
                if (SlugRules.Check(after.Slug, _state.Modes.MaxSlugLength) is { } refusal)
                {
                    return refusal;
                }

                if (Find(after.Slug) is { } other)
                {
                    return new Refusal(RefusalKind.Invalid, $"Another project ({other.Slug}) is already using that slug", "slug");
                }

                after = after with { PreviousSlugs = before.PreviousSlugs.Remove(after.Slug).Add(before.Slug) };
            }

            Replace(before, after);
            _state.Relay.ProjectChanged(id);
            return after;
        }
    }

    /// <summary>Deletes a project: it is pending deletion from now on and its slug is free. Refused when there is no such active project.</summary>
    public Result<Project> Delete(string idOrSlug)
    {
        lock (_state.Gate)
        {
            if (Find(idOrSlug) is not { } project)
            {
                return Refusal.Missing;
            }

            var deleted = project with { Status = ProjectStatus.PendingDeletion, Slug = RandomNumberGenerator.GetHexString(32, lowercase: true), PreviousSlugs = project.PreviousSlugs.Add(project.Slug) };
            Replace(project, deleted);
            _state.Relay.ProjectChanged(project.Id);
            return deleted;
        }
    }

    /// <summary>As <see cref="Find"/> for a caller of the API: hidden projects are not found, nor are new ones while reads lag behind.</summary>
    internal Project? Read(string idOrSlug)
    {
        lock (_state.Gate)
        {
            return Find(idOrSlug) is { } project && IsVisible(project) ? project : null;
        }
    }

    /// <summary>The projects a caller of the API sees, in slug order.</summary>
    internal ImmutableArray<Project> ReadAll()
    {
        lock (_state.Gate)
        {
            return [.. _projects.Values.Where(p => p.Status == ProjectStatus.Active && IsVisible(p)).OrderBy(p => p.Slug, StringComparer.Ordinal)];
        }
    }

    internal void RemoveTeamEverywhere(long teamId)
    {
        foreach (var project in _projects.Values.Where(p => p.TeamIds.Contains(teamId)).ToList())
        {
            _projects[project.Id] = project with { TeamIds = project.TeamIds.Remove(teamId) };
        }
    }

    private void Replace(Project before, Project after)
    {
        _bySlug.Remove(before.Slug);
        _bySlug.Add(after.Slug, after.Id);
        _projects[after.Id] = after;
    }

    private bool IsVisible(Project project)
    {
        if (project.Hidden)
        {
            return false;
        }

        var missed = _missedReads.GetValueOrDefault(project.Id);
        _missedReads[project.Id] = Math.Max(0, missed - 1);
        return missed == 0;
    }
}
