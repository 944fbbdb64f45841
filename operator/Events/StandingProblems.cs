using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Events;

namespace SentryOtel.Operator.Events;

/// <summary>Tells of a problem once when it appears, however many passes find it again, and once more when it comes back.</summary>
/// <param name="events">Where it is told.</param>
/// <param name="action">What was tried, for programs.</param>
internal sealed class StandingProblems(IEventRecorder events, string action)
{
    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyCollection<Problem>> _standing = new();

    /// <summary>Reports the problems of an object, all that a pass found, and returns those that are new.</summary>
    public IReadOnlyList<Problem> Report(IKubernetesObject entity, IReadOnlyCollection<Problem> problems)
    {
        var key = ObjectKey.Of(entity);
        var known = _standing.GetValueOrDefault(key) ?? [];
        var fresh = problems.Except(known).ToList();
        foreach (var problem in fresh)
        {
            events.Event(entity, EventType.Warning, problem.Reason, action, problem.Note);
        }

        _standing[key] = problems;
        return fresh;
    }

    /// <summary>The object is gone.</summary>
    public void Forget(ObjectKey key) => _standing.TryRemove(key, out _);
}
