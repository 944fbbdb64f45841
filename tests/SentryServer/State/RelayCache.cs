namespace SentryOtel.SentryServer.State;

/// <summary>What ingest believes about a key.</summary>
public enum RelayKeyState
{
    /// <summary>Not asked yet, or the answer ran out: requests are accepted and checked later.</summary>
    Pending,

    /// <summary>The key, its project and both their states were good when last asked.</summary>
    Enabled,

    /// <summary>The key was unknown or inactive, or its project was not active, when last asked.</summary>
    Disabled,
}

/// <summary>One remembered answer about a key.</summary>
/// <param name="State">What ingest believes.</param>
/// <param name="ProjectId">The key's project, when enabled.</param>
/// <param name="ExpiresAt">When the answer runs out and the key is pending again.</param>
public sealed record RelayCacheEntry(RelayKeyState State, long? ProjectId, DateTimeOffset ExpiresAt);

/// <summary>
/// Relay's project cache, per public key: a good answer lasts 300 s, a bad one 60 s. Between a change in Sentry and the end of
/// the remembered answer ingest goes on as before, which is how 200s for deleted projects lose their data.
/// </summary>
public sealed class RelayCache
{
    /// <summary>How long a good answer lasts.</summary>
    public static readonly TimeSpan EnabledLifetime = TimeSpan.FromSeconds(300);

    /// <summary>How long a bad answer lasts.</summary>
    public static readonly TimeSpan DisabledLifetime = TimeSpan.FromSeconds(60);

    private readonly SentryState _state;
    private readonly Dictionary<string, RelayCacheEntry> _entries = new(StringComparer.Ordinal);

    internal RelayCache(SentryState state) => _state = state;

    /// <summary>What is remembered now, by public key, without what has run out.</summary>
    public IReadOnlyDictionary<string, RelayCacheEntry> Entries()
    {
        lock (_state.Gate)
        {
            return _entries.Where(entry => entry.Value.ExpiresAt > _state.Now).ToDictionary(StringComparer.Ordinal);
        }
    }

    /// <summary>Forgets everything, as a restarted Relay.</summary>
    public void Clear()
    {
        lock (_state.Gate)
        {
            _entries.Clear();
        }
    }

    /// <summary>What ingest believes about a key at this moment. A pending answer asks Sentry, so that the next request finds the truth.</summary>
    internal RelayCacheEntry Lookup(string publicKey)
    {
        lock (_state.Gate)
        {
            if (_entries.TryGetValue(publicKey, out var entry) && entry.ExpiresAt > _state.Now)
            {
                return entry;
            }

            var projectId = TrueProject(publicKey);
            _entries[publicKey] = projectId is null
                ? new RelayCacheEntry(RelayKeyState.Disabled, null, _state.Now + DisabledLifetime)
                : new RelayCacheEntry(RelayKeyState.Enabled, projectId, _state.Now + EnabledLifetime);
            return new RelayCacheEntry(RelayKeyState.Pending, null, _state.Now);
        }
    }

    /// <summary>The project that a key gives access to in truth, whatever ingest remembers.</summary>
    internal long? TrueProject(string publicKey) =>
        _state.Keys.Find(publicKey) is { IsActive: true } key && _state.Projects.Get(key.ProjectId) is { Status: ProjectStatus.Active } project ? project.Id : null;

    internal void KeyChanged(string publicKey)
    {
        if (_state.Modes.RelayInvalidation)
        {
            _entries.Remove(publicKey);
        }
    }

    internal void ProjectChanged(long projectId)
    {
        foreach (var key in _state.Keys.OfProject(projectId))
        {
            KeyChanged(key.Public);
        }
    }
}
