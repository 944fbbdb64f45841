using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing.Standalone;

/// <summary>
/// From value to slug to what is known of the project. Values with a route are found without a lock. Bounded: names from the network can fill neither memory nor
/// the time of a look-up.
/// </summary>
internal sealed class ProjectTable(RoutingConfiguration routing, SlugCollisions collisions, MonotonicClock clock)
{
    /// <summary>Projects known at a time; an organisation has thousands at most.</summary>
    public const int MaxProjects = 20_000;

    /// <summary>Services without a project known at a time, those that were refused a moment ago included.</summary>
    public const int MaxUnresolved = 2_000;

    /// <summary>Longest value that is turned into a slug.</summary>
    private const int MaxValueLength = 512;

    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, ProjectEntry> _byValue = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ProjectEntry> _bySlug = new(StringComparer.Ordinal);
    private RoutingConfiguration _routing = routing;
    private SlugChoice _slugs = new(routing);
    private TimeSpan? _sweptAt;
    private int _unresolved;

    /// <summary>Guards every entry.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Every entry. Under the lock.</summary>
    public IReadOnlyCollection<ProjectEntry> Entries => _bySlug.Values;

    /// <summary>Values with a route, and their queues.</summary>
    public IEnumerable<(string Value, string Queue)> Services =>
        from pair in _byValue
        let route = pair.Value.Route
        where route is not null
        select (pair.Key, route.Queue);

    /// <summary>Chooses slugs by another configuration from now on. Known projects stay known; what was refused is looked up anew.</summary>
    public void Apply(RoutingConfiguration routing)
    {
        lock (Gate)
        {
            (_routing, _slugs) = (routing, new SlugChoice(routing));
            _byValue.Clear();
            collisions.Clear();
            foreach (var entry in _bySlug.Values)
            {
                entry.ForgetRefusal();
            }
        }
    }

    /// <summary>The entry of a slug. Under the lock.</summary>
    public ProjectEntry? OfSlug(string slug) => _bySlug.GetValueOrDefault(slug);

    /// <summary>The entry of a value that was asked for before. Under the lock.</summary>
    public ProjectEntry? OfValue(string value) => _byValue.GetValueOrDefault(value);

    /// <summary>What is known of a value.</summary>
    /// <param name="value">Of the routing attribute; empty for a resource without it.</param>
    /// <param name="due">A project that was refused and is to be looked up anew.</param>
    public RouteAnswer Find(string value, out ProjectEntry? due)
    {
        due = null;
        if (_byValue.TryGetValue(value, out var known) && known.Route is { IsHeld: false } route)
        {
            return RouteAnswer.Active(route);
        }

        lock (Gate)
        {
            if (!TryChoose(value, out var slug, out var error))
            {
                return RouteAnswer.None(value.Length == 0 ? RejectReason.MissingAttribute : RejectReason.UnroutableValue, error);
            }

            if (_bySlug.GetValueOrDefault(slug) is not { } entry)
            {
                return HasRoom() ? RouteAnswer.Announce(slug) : RouteAnswer.None(RejectReason.TooManyServices, "too many services without a project; the gateway takes no further one now");
            }

            Remember(value, entry);
            entry.WantedAt = clock.Now;
            due = entry is ({ Refusal: not null } or { Route.IsHeld: true }) and { IsBusy: false } && entry.RetryAt <= clock.Now ? entry : null;
            return entry switch
            {
                { Route: { } active } => RouteAnswer.Active(active),
                { Refusal: { } refusal } => RouteAnswer.None(RejectReason.NoProject, refusal),
                { IsBusy: true } => RouteAnswer.Wait(slug),
                _ => RouteAnswer.Announce(slug),
            };
        }
    }

    /// <summary>The entry of a value, made when it is new; null when there is no room or no slug. Under the lock.</summary>
    public ProjectEntry? Want(string value)
    {
        if (!TryChoose(value, out var slug, out _))
        {
            return null;
        }

        var entry = _bySlug.GetValueOrDefault(slug) ?? (HasRoom() ? Add(slug) : null);
        if (entry is not null)
        {
            Remember(value, entry);
            entry.WantedAt = clock.Now;
        }

        return entry;
    }

    /// <summary>Takes a project that Sentry named; nothing when there is no room. Under the lock.</summary>
    public void Settle(string slug, RouteTarget target)
    {
        if ((_bySlug.GetValueOrDefault(slug) ?? (_bySlug.Count < MaxProjects ? Add(slug) : null)) is { } entry)
        {
            _unresolved -= entry.Route is null ? 1 : 0;
            entry.Settle(target, clock.Now);
        }
    }

    /// <summary>There is no project. Under the lock.</summary>
    public void Refuse(ProjectEntry entry, string refusal, TimeSpan retryAfter, bool isGone = false)
    {
        _unresolved += entry.Route is null ? 0 : 1;
        if (isGone)
        {
            entry.Bury(refusal, clock.Now, retryAfter);
        }
        else
        {
            entry.Refuse(refusal, clock.Now, retryAfter);
        }
    }

    /// <summary>How many there are of each kind.</summary>
    public RouteCounts Count()
    {
        lock (Gate)
        {
            return new RouteCounts(
                _bySlug.Values.Count(entry => entry.Route is not null),
                _bySlug.Values.Count(entry => entry is { Route: null, Refusal: null }),
                _bySlug.Values.Count(entry => entry is { Refusal: not null, IsGone: false }),
                _bySlug.Values.Count(entry => entry.IsGone));
        }
    }

    // A value keeps the slug that it got first: a late comer must not move its data, unless it is that slug itself.
    private bool TryChoose(string value, [NotNullWhen(true)] out string? slug, [NotNullWhen(false)] out string? error)
    {
        if (_byValue.TryGetValue(value, out var known))
        {
            (slug, error) = (known.Slug, null);
            return true;
        }

        if (value.Length > MaxValueLength && !_routing.ProjectMapping.ContainsKey(value))
        {
            (slug, error) = (null, $"the value is longer than {MaxValueLength} characters");
            return false;
        }

        return _slugs.TryChoose(value, out slug, out error);
    }

    private ProjectEntry Add(string slug)
    {
        var entry = new ProjectEntry(slug);
        _bySlug[slug] = entry;
        _unresolved++;
        return entry;
    }

    private void Remember(string value, ProjectEntry entry)
    {
        if (_byValue.Count >= MaxProjects || !_byValue.TryAdd(value, entry))
        {
            return;
        }

        if (_slugs.Hold(value, entry.Slug, out var collision) is { } displaced)
        {
            _byValue.TryRemove(displaced, out _);
        }

        if (collision is { } found)
        {
            collisions.Add(found);
        }
    }

    private bool HasRoom()
    {
        if (_unresolved >= MaxUnresolved || _bySlug.Count >= MaxProjects)
        {
            Sweep();
        }

        return _unresolved < MaxUnresolved && _bySlug.Count < MaxProjects;
    }

    // What was refused and is not asked for any more makes room for others.
    private void Sweep()
    {
        if (_sweptAt is { } last && clock.Now - last < SweepInterval)
        {
            return;
        }

        _sweptAt = clock.Now;
        foreach (var entry in _bySlug.Values.Where(entry => entry is { Route: null, IsBusy: false, IsGone: false } && entry.RetryAt <= clock.Now).ToArray())
        {
            _bySlug.Remove(entry.Slug);
            _unresolved--;
        }

        foreach (var pair in _byValue.Where(pair => _bySlug.GetValueOrDefault(pair.Value.Slug) != pair.Value).ToArray())
        {
            _byValue.TryRemove(pair);
            _slugs.Release(pair.Key, pair.Value.Slug);
        }
    }
}
