using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Operator.References;

/// <summary>
/// Follows the Secrets and ConfigMaps that exporters and routes refer to, each by a watch of its own on that one name, and wakes those who refer to one that changed.
/// Only versions are kept. Beyond a number of watches, users are to look for themselves (<see cref="IsFollowed"/>).
/// </summary>
/// <param name="watch">Makes a watch of an object.</param>
/// <param name="maxWatches">Most watches at a time.</param>
/// <param name="logger">Where it is told when there are more.</param>
internal sealed class ReferencedObjects(Func<ObjectReference, Action<ObjectWatchState>, IObjectWatch> watch, int maxWatches, ILogger logger) : IRunnable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectReference, ReferencedObject> _objects = [];
    private readonly Dictionary<ReferenceUser, HashSet<ObjectReference>> _users = [];
    private readonly Dictionary<ReferenceUserKind, Action<ObjectKey>> _wake = [];
    private readonly HashSet<Task> _running = [];
    private int _watches;
    private bool _hasToldOfMore;
    private bool _isStopped;

    /// <inheritdoc/>
    public string Name => "referenced-objects";

    /// <summary>How many objects are referred to, and how many of them are watched.</summary>
    public (int All, int Watched) Count
    {
        get
        {
            lock (_gate)
            {
                return (_objects.Count, _watches);
            }
        }
    }

    /// <summary>Says how users of a kind are woken; before anything runs.</summary>
    public void Wakes(ReferenceUserKind kind, Action<ObjectKey> wake) => _wake[kind] = wake;

    /// <summary>Notes all that a user refers to from now on, each with the version that it has just read, or null where it has not read.</summary>
    public void Use(ReferenceUser user, IReadOnlyDictionary<ObjectReference, string?> read)
    {
        var isOvertaken = false;
        lock (_gate)
        {
            if (_isStopped)
            {
                return;
            }

            foreach (var left in _users.GetValueOrDefault(user, []).Where(reference => !read.ContainsKey(reference)).ToList())
            {
                ReleaseLocked(user, left);
            }

            _users[user] = [.. read.Keys];
            foreach (var (reference, version) in read)
            {
                isOvertaken |= ObjectOf(reference).Use(user, version);
            }

            FillLocked();
        }

        if (isOvertaken)
        {
            Wake(user);
        }
    }

    /// <summary>The user refers to nothing any more.</summary>
    public void Release(ReferenceUser user)
    {
        lock (_gate)
        {
            if (_users.Remove(user, out var references))
            {
                foreach (var reference in references)
                {
                    ReleaseLocked(user, reference);
                }

                FillLocked();
            }
        }
    }

    /// <summary>Whether the user is woken for every change of what it refers to; else it must look for itself.</summary>
    public bool IsFollowed(ReferenceUser user)
    {
        lock (_gate)
        {
            return _users.TryGetValue(user, out var references) && references.All(reference => _objects[reference].IsFollowed);
        }
    }

    /// <summary>Whether the object is known to be still of this version, so that it need not be read again.</summary>
    public bool IsStill(ObjectReference reference, string version)
    {
        lock (_gate)
        {
            return _objects.TryGetValue(reference, out var found) && found.LiveVersion == version;
        }
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stopping)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stopping.Register(stopped.SetResult).ConfigureAwait(false))
        {
            await stopped.Task.ConfigureAwait(false);
        }

        Task[] running;
        lock (_gate)
        {
            _isStopped = true;
            foreach (var referenced in _objects.Values)
            {
                referenced.Stop();
            }

            running = [.. _running];
        }

        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private ReferencedObject ObjectOf(ObjectReference reference)
    {
        if (!_objects.TryGetValue(reference, out var found))
        {
            _objects[reference] = found = new ReferencedObject();
        }

        return found;
    }

    private void ReleaseLocked(ReferenceUser user, ObjectReference reference)
    {
        var referenced = _objects[reference];
        referenced.Release(user);
        if (!referenced.IsUnused)
        {
            return;
        }

        _objects.Remove(reference);
        if (referenced.HasWatch)
        {
            referenced.Stop();
            _watches--;
        }
    }

    /// <summary>Opens watches for those that have none, as far as there is room.</summary>
    private void FillLocked()
    {
        if (_watches < _objects.Count)
        {
            foreach (var (reference, referenced) in _objects.Where(static entry => !entry.Value.HasWatch).Take(maxWatches - _watches).ToList())
            {
                Open(reference, referenced);
            }
        }

        var polled = _objects.Count - _watches;
        ReferenceMetrics.Hold(_watches, polled);
        if (polled > 0 && !_hasToldOfMore)
        {
            _hasToldOfMore = true;
            Log.TooManyObjects(logger, _objects.Count, maxWatches);
        }
    }

    private void Open(ObjectReference reference, ReferencedObject referenced)
    {
        _watches++;
        var opened = watch(reference, state => Changed(reference, referenced, state));
        var stop = referenced.Start(opened);
        var task = Task.Run(() => opened.RunAsync(stop), CancellationToken.None);
        _running.Add(task);
        _ = task.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private void Ended(Task task)
    {
        lock (_gate)
        {
            // One that failed is kept, so that the stop tells of it.
            if (task.IsCompletedSuccessfully)
            {
                _running.Remove(task);
            }
        }
    }

    private void Changed(ObjectReference reference, ReferencedObject referenced, ObjectWatchState state)
    {
        IReadOnlyList<ReferenceUser> users;
        lock (_gate)
        {
            if (_objects.GetValueOrDefault(reference) != referenced)
            {
                return;
            }

            // Who can not be woken any more has to be told so, to look for itself.
            users = state.IsRefused ? [.. referenced.Users] : state is { IsLive: true, Version: { } version } ? referenced.Told(version) : [];
        }

        foreach (var user in users)
        {
            Wake(user);
        }
    }

    private void Wake(ReferenceUser user)
    {
        ReferenceMetrics.Change();
        _wake[user.Kind](user.Key);
    }
}
