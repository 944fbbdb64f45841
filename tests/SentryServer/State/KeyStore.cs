using System.Collections.Immutable;
using System.Security.Cryptography;

namespace SentryOtel.SentryServer.State;

/// <summary>The client keys of all projects.</summary>
public sealed class KeyStore
{
    private readonly SentryState _state;
    private readonly Dictionary<string, ProjectKey> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<long, List<string>> _byProject = [];
    private readonly Dictionary<long, int> _missedReads = [];
    private long _sequence;

    internal KeyStore(SentryState state) => _state = state;

    /// <summary>Every key, newest first.</summary>
    public ImmutableArray<ProjectKey> All()
    {
        lock (_state.Gate)
        {
            return [.. _keys.Values.OrderByDescending(key => key.Sequence)];
        }
    }

    /// <summary>The keys of a project, newest first.</summary>
    public ImmutableArray<ProjectKey> OfProject(long projectId)
    {
        lock (_state.Gate)
        {
            return _byProject.TryGetValue(projectId, out var keys) ? [.. keys.Select(key => _keys[key]).OrderByDescending(key => key.Sequence)] : [];
        }
    }

    /// <summary>The key of those 32 digits.</summary>
    public ProjectKey? Find(string publicKey)
    {
        lock (_state.Gate)
        {
            return _keys.GetValueOrDefault(publicKey);
        }
    }

    /// <summary>Adds a key to a project; the 32 digits are random unless they are given.</summary>
    /// <exception cref="ArgumentException">The given public key exists already.</exception>
    public ProjectKey Create(long projectId, string name, string? publicKey = null, string? secret = null, KeyRateLimit? rateLimit = null)
    {
        lock (_state.Gate)
        {
            var key = new ProjectKey
            {
                Public = publicKey ?? RandomNumberGenerator.GetHexString(32, lowercase: true),
                Secret = secret ?? RandomNumberGenerator.GetHexString(32, lowercase: true),
                ProjectId = projectId,
                Name = name,
                RateLimit = rateLimit,
                DateCreated = _state.Now,
                Sequence = ++_sequence,
            };
            _keys.Add(key.Public, key);
            if (!_byProject.TryGetValue(projectId, out var keys))
            {
                _byProject[projectId] = keys = [];
            }

            keys.Add(key.Public);
            _state.Relay.KeyChanged(key.Public);
            return key;
        }
    }

    /// <summary>Changes a key, for instance <c>key => key with { IsActive = false }</c>. Null when there is no such key.</summary>
    public ProjectKey? Update(string publicKey, Func<ProjectKey, ProjectKey> change)
    {
        lock (_state.Gate)
        {
            if (Find(publicKey) is not { } key)
            {
                return null;
            }

            _state.Relay.KeyChanged(publicKey);
            return _keys[publicKey] = change(key);
        }
    }

    /// <summary>Deletes a key. False when there is no such key.</summary>
    public bool Delete(string publicKey)
    {
        lock (_state.Gate)
        {
            _state.Relay.KeyChanged(publicKey);
            return _keys.Remove(publicKey, out var key) && _byProject[key.ProjectId].Remove(publicKey);
        }
    }

    internal void HideNextReads(long projectId, int reads) => _missedReads[projectId] = reads;

    /// <summary>As <see cref="OfProject"/> for a caller of the API: empty while reads lag behind.</summary>
    internal ImmutableArray<ProjectKey> Read(long projectId)
    {
        lock (_state.Gate)
        {
            var missed = _missedReads.GetValueOrDefault(projectId);
            _missedReads[projectId] = Math.Max(0, missed - 1);
            return missed == 0 ? OfProject(projectId) : [];
        }
    }

    /// <summary>The keys of all projects that a caller of the API sees, newest first.</summary>
    internal ImmutableArray<ProjectKey> ReadAll()
    {
        lock (_state.Gate)
        {
            var visible = _state.Projects.ReadAll().SelectMany(project => Read(project.Id));
            return [.. visible.OrderByDescending(key => key.Sequence)];
        }
    }
}
