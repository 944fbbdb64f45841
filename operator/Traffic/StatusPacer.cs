using SentryOtel.Crds;
using SentryOtel.Kubernetes.Controllers;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Traffic;

/// <summary>
/// Spreads over time what gateways cause to be written: never more than so much in a round. What begins or ends goes first, then what has waited longest; the rest
/// waits for the next round.
/// </summary>
/// <param name="board">Where the status finds what is published.</param>
/// <param name="times">How much is written.</param>
/// <param name="wake">Wakes a pass of a route after a while.</param>
internal sealed class StatusPacer(TrafficBoard board, TrafficTimes times, Action<ObjectKey, WorkKind, TimeSpan> wake)
{
    public void Publish(IReadOnlyCollection<(SentryProjectRoute Route, Publication Cause)> due)
    {
        var published = due
            .OrderByDescending(static route => route.Cause)
            .ThenBy(route => board.PublishedAt(route.Route) ?? DateTimeOffset.MinValue)
            .Take(times.WritesPerRound)
            .ToList();
        TrafficMetrics.Defer(due.Count - published.Count);
        foreach (var (index, (route, cause)) in published.Index())
        {
            Publish(route, cause, TimeSpan.FromSeconds(index / times.WritesPerSecond));
        }
    }

    private void Publish(SentryProjectRoute route, Publication cause, TimeSpan turn)
    {
        var key = ObjectKey.Of(route);
        var wasRefused = board.Read(route)?.IsRefused ?? false;
        board.Publish(route, cause);
        TrafficMetrics.Update(cause);
        wake(key, WorkKind.Status, cause == Publication.State ? turn : OwnMoment(key));
        if (!wasRefused && board.Read(route) is { IsRefused: true })
        {
            // Sentry knows more than the last look at the project: it or its key may be gone.
            wake(key, WorkKind.Reconcile, turn);
        }
    }

    // Always the same of a route, so that two of its writes are never closer than two of its publications.
    private TimeSpan OwnMoment(ObjectKey route) => times.Interval * ((uint)route.GetHashCode() / (double)uint.MaxValue);
}
