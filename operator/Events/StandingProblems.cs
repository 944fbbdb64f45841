using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Events;

/// <summary>Tells new problems from those that every pass finds again, so that each is reported once, and once more when it comes back.</summary>
internal sealed class StandingProblems
{
    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyCollection<Problem>> _standing = new();

    /// <summary>Takes the problems of an object, all that a pass found, and returns those that are new.</summary>
    public IReadOnlyList<Problem> Update(ObjectKey key, IReadOnlyCollection<Problem> problems)
    {
        var known = _standing.GetValueOrDefault(key) ?? [];
        _standing[key] = problems;
        return [.. problems.Except(known)];
    }

    /// <summary>The object is gone.</summary>
    public void Forget(ObjectKey key) => _standing.TryRemove(key, out _);
}
