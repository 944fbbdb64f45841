using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;

namespace SentryOtel.Gateway.Routing.Standalone;

/// <summary>
/// Bounds what a flood of new service names can do to an organisation: how many projects there may be of this exporter's making, counted in Sentry and therefore across
/// restarts, and how many are made in a minute.
/// </summary>
/// <param name="projects">The bounds; as many as in a minute may be made at once.</param>
/// <param name="clock">The clock.</param>
internal sealed class CreationQuota(Func<ProjectsConfiguration> projects, MonotonicClock clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TimeSpan> _owned = new(StringComparer.Ordinal);
    private double _permits = projects().MaxCreatedPerMinute;
    private TimeSpan _refilledAt = clock.Now;
    private int _taken;
    private long _created;

    /// <summary>Projects created by this process.</summary>
    public long Created => Interlocked.Read(ref _created);

    /// <summary>True when no further project may be made until some are deleted.</summary>
    public bool IsExhausted
    {
        get
        {
            lock (_gate)
            {
                return _owned.Count >= projects().MaxAutoCreated;
            }
        }
    }

    /// <summary>Takes a permit, when there is one now. Each goes back by <see cref="Return"/> or <see cref="Use"/>.</summary>
    public bool TryTake()
    {
        lock (_gate)
        {
            RefillLocked();
            if (_owned.Count + _taken >= projects().MaxAutoCreated || _permits < 1)
            {
                return false;
            }

            (_permits, _taken) = (_permits - 1, _taken + 1);
            return true;
        }
    }

    /// <summary>
    /// Takes the next permit, and says how long it is until it holds. Those who wait are served one after the other. Null when the projects that are being created now may be the last.
    /// </summary>
    public TimeSpan? Reserve()
    {
        lock (_gate)
        {
            RefillLocked();
            if (_owned.Count + _taken >= projects().MaxAutoCreated)
            {
                return null;
            }

            (_permits, _taken) = (_permits - 1, _taken + 1);
            return _permits >= 0 ? TimeSpan.Zero : TimeSpan.FromMinutes(-_permits / projects().MaxCreatedPerMinute);
        }
    }

    /// <summary>Nothing was created.</summary>
    public void Return()
    {
        lock (_gate)
        {
            (_permits, _taken) = (Math.Min(projects().MaxCreatedPerMinute, _permits + 1), _taken - 1);
        }
    }

    /// <summary>A project was created.</summary>
    public void Use(string projectId)
    {
        lock (_gate)
        {
            _taken--;
            _created++;
            _owned[projectId] = clock.Now;
        }
    }

    /// <summary>Takes what Sentry lists as of this exporter's making. A list that began before a project was made says nothing of it.</summary>
    public void Observe(IEnumerable<string> projectIds, TimeSpan listedAt)
    {
        lock (_gate)
        {
            var listed = projectIds.ToHashSet(StringComparer.Ordinal);
            foreach (var gone in _owned.Where(pair => pair.Value <= listedAt && !listed.Contains(pair.Key)).ToArray())
            {
                _owned.Remove(gone.Key);
            }

            foreach (var id in listed)
            {
                _owned.TryAdd(id, listedAt);
            }
        }
    }

    private void RefillLocked()
    {
        var now = clock.Now;
        var perMinute = projects().MaxCreatedPerMinute;
        _permits = Math.Min(perMinute, _permits + ((now - _refilledAt).TotalMinutes * perMinute));
        _refilledAt = now;
    }
}
