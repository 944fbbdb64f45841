using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Events;

/// <summary>Tells new problems from those that every pass finds again, so that each is reported once, and once more when it comes back.</summary>
internal sealed class StandingProblems
{
    private readonly ConcurrentDictionary<ObjectKey, IReadOnlyCollection<Problem>> _standing = new();

    /// <summary>Takes the problems of an object, all that a pass found, and returns those that are new.</summary>
    /// <param name="key">The object.</param>
    /// <param name="problems">All of them.</param>
    /// <param name="wasTold">Whether one was told of before this process began; null where nothing says so.</param>
    public IReadOnlyList<Problem> Update(ObjectKey key, IReadOnlyCollection<Problem> problems, Func<Problem, bool>? wasTold = null)
    {
        var known = _standing.GetValueOrDefault(key) ?? [.. problems.Where(problem => wasTold?.Invoke(problem) ?? false)];
        _standing[key] = problems;
        return [.. problems.Except(known)];
    }

    /// <summary>The object is gone.</summary>
    public void Forget(ObjectKey key) => _standing.TryRemove(key, out _);
}
