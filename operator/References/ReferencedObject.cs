using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.References;

/// <summary>One object that is referred to: its watch, and of each user the version that it knows.</summary>
internal sealed class ReferencedObject
{
    private readonly Dictionary<ReferenceUser, string?> _users = [];
    private (IObjectWatch Watch, CancellationTokenSource Stop)? _running;

    public bool IsUnused => _users.Count == 0;

    public bool HasWatch => _running is not null;

    /// <summary>Whether a change would be told: by a watch that the server has not refused.</summary>
    public bool IsFollowed => _running is { Watch.State.IsRefused: false };

    /// <summary>The version that a watch tells of at this moment; null when none does.</summary>
    public string? LiveVersion => _running?.Watch.State is { IsLive: true, Version: { } version } ? version : null;

    /// <summary>Notes what a user has read; true when something newer was told before the user was known here.</summary>
    /// <param name="user">Who.</param>
    /// <param name="read">The version; null when it was not read.</param>
    public bool Use(ReferenceUser user, string? read)
    {
        var isNew = !_users.ContainsKey(user);
        if (isNew || read is not null)
        {
            _users[user] = read;
        }

        return isNew && read is not null && LiveVersion is { } live && Learn(user, live);
    }

    public void Release(ReferenceUser user) => _users.Remove(user);

    /// <summary>The users to whom this version is news.</summary>
    public IReadOnlyList<ReferenceUser> Told(string version) => [.. _users.Keys.ToList().Where(user => Learn(user, version))];

    public IReadOnlyCollection<ReferenceUser> Users => _users.Keys;

    public CancellationToken Start(IObjectWatch watch)
    {
        var stop = new CancellationTokenSource();
        _running = (watch, stop);
        return stop.Token;
    }

    public void Stop()
    {
        if (_running is { } running)
        {
            _running = null;
            running.Stop.Cancel();
            running.Stop.Dispose();
        }
    }

    /// <summary>True when the user knew another version. What was never read is no news: it is only remembered.</summary>
    private bool Learn(ReferenceUser user, string version)
    {
        var known = _users[user];
        _users[user] = version;
        return known is not null && known != version;
    }
}
