using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Controllers;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// When a route that failed is tried again: each failure in a row doubles the pause. Known before the status is written, so that the status can name the time.
/// </summary>
internal sealed class RouteBackoff(ProjectRouteTimes times, Random random)
{
    // Beyond this the longest pause is reached whatever the first one is.
    private const int MostDoublings = 30;

    private readonly ConcurrentDictionary<ObjectKey, int> _failures = new();

    /// <summary>Counts a failure, and tells the pause after it.</summary>
    public TimeSpan Next(ObjectKey route)
    {
        var failures = _failures.AddOrUpdate(route, 1, static (_, count) => count + 1);
        var pause = times.Backoff * Math.Pow(2, Math.Min(failures - 1, MostDoublings));
        return Spread(pause < times.MaxBackoff ? pause : times.MaxBackoff);
    }

    /// <summary>The route has succeeded, or is gone.</summary>
    public void Forget(ObjectKey route) => _failures.TryRemove(route, out _);

    /// <summary>Draws a time out by up to a fifth, so that what failed together does not come back together.</summary>
    public TimeSpan Spread(TimeSpan interval)
    {
        lock (random)
        {
            return interval * (1 + (random.NextDouble() / 5));
        }
    }
}
