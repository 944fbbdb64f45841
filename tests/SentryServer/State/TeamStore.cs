using System.Collections.Immutable;

namespace SentryOtel.SentryServer.State;

/// <summary>The organisation's teams.</summary>
public sealed class TeamStore
{
    private const int MaxSlugLength = 50;
    private readonly SentryState _state;
    private readonly SortedDictionary<long, Team> _teams = [];
    private long _nextId = 7;

    internal TeamStore(SentryState state) => _state = state;

    /// <summary>Every team, in slug order.</summary>
    public ImmutableArray<Team> All()
    {
        lock (_state.Gate)
        {
            return [.. _teams.Values.OrderBy(team => team.Slug, StringComparer.Ordinal)];
        }
    }

    /// <summary>The team of that id or slug.</summary>
    public Team? Find(string idOrSlug)
    {
        lock (_state.Gate)
        {
            return long.TryParse(idOrSlug, out var id) ? _teams.GetValueOrDefault(id) : _teams.Values.FirstOrDefault(team => team.Slug == idOrSlug);
        }
    }

    /// <summary>Creates a team; refuses a slug that is malformed or taken.</summary>
    public Result<Team> Create(string slug, string? name = null)
    {
        lock (_state.Gate)
        {
            if (SlugRules.Check(slug, MaxSlugLength) is { } refusal)
            {
                return refusal;
            }

            if (Find(slug) is not null)
            {
                return new Refusal(RefusalKind.Conflict, "A team with this slug already exists.");
            }

            var team = new Team(_nextId++, slug, name ?? slug, _state.Now);
            _teams.Add(team.Id, team);
            return team;
        }
    }

    /// <summary>Deletes a team and takes its access to projects away. False when there is none of that id or slug.</summary>
    public bool Delete(string idOrSlug)
    {
        lock (_state.Gate)
        {
            if (Find(idOrSlug) is not { } team)
            {
                return false;
            }

            _state.Projects.RemoveTeamEverywhere(team.Id);
            return _teams.Remove(team.Id);
        }
    }

    internal ImmutableArray<Team> OfProject(Project project)
    {
        lock (_state.Gate)
        {
            return [.. project.TeamIds.Select(id => _teams.GetValueOrDefault(id)).OfType<Team>()];
        }
    }
}
