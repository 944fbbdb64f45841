using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Projects;

namespace SentryOtel.Operator.Traffic;

/// <summary>
/// Where what gateways say waits to be written. Statuses tell what was published, not what came in since, so that no write for another reason makes counts
/// move more often than they shall.
/// </summary>
/// <param name="leastPause">Least time between two publications of one route for the same cause.</param>
/// <param name="timeProvider">The clock.</param>
internal sealed class TrafficBoard(TimeSpan leastPause, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, Note> _notes = [];

    /// <summary>What a route's status shall tell; null when nothing was published since the start: it keeps what it says.</summary>
    public RouteObservation? Read(SentryProjectRoute route)
    {
        lock (_gate)
        {
            if (Find(route) is not { Published: { } published } note)
            {
                return null;
            }

            var now = timeProvider.GetUtcNow();
            if (!published.IsUnread && published.Limits.Any(limit => limit.Until <= now))
            {
                // Its status changes in any case, and a limit may have been prolonged.
                note.Published = note.Latest;
            }

            return note.Published;
        }
    }

    /// <summary>Takes in what gateways say of a route now, and tells whether it is to be published.</summary>
    public Publication Offer(SentryProjectRoute route, RouteObservation observation)
    {
        lock (_gate)
        {
            var note = Find(route);
            if (note is null)
            {
                _notes[ObjectKey.Of(route)] = note = new Note(route.Metadata.Uid, observation);
            }

            note.Latest = observation;
            var now = timeProvider.GetUtcNow();
            var (hasOtherState, isSame) = note.Published is { } published
                ? (published.HasOtherState(observation, now), published.SaysTheSame(observation, now))
                : Compare(route.Status, observation, now);
            return hasOtherState && IsDue(note.StatePublishedAt, now) ? Publication.State
                : !isSame && IsDue(note.PublishedAt, now) ? Publication.Counts
                : Publication.None;
        }
    }

    /// <summary>From now on the route's status tells what was offered last.</summary>
    public void Publish(SentryProjectRoute route, Publication cause)
    {
        lock (_gate)
        {
            if (Find(route) is { } note)
            {
                note.Published = note.Latest;
                note.PublishedAt = timeProvider.GetUtcNow();
                note.StatePublishedAt = cause == Publication.State ? note.PublishedAt : note.StatePublishedAt;
            }
        }
    }

    /// <summary>When a route was published last; null for never.</summary>
    public DateTimeOffset? PublishedAt(SentryProjectRoute route)
    {
        lock (_gate)
        {
            return Find(route)?.PublishedAt;
        }
    }

    /// <summary>The route is gone.</summary>
    public void Forget(ObjectKey route)
    {
        lock (_gate)
        {
            _notes.Remove(route);
        }
    }

    // A status that never spoke of limits need not be written to say that there are none.
    private static (bool HasOtherState, bool IsSame) Compare(SentryProjectRouteStatus? status, RouteObservation observation, DateTimeOffset now)
    {
        var said = status?.Conditions.FindCondition(RouteReasons.RateLimitedType)?.Status;
        var saidRefused = status?.Conditions.FindCondition(RouteReasons.ReadyType)?.Reason == RouteReasons.RefusedBySentry;
        var isLimited = observation.IsLimited(now);
        var hasOtherState = isLimited != (said == ConditionStatus.True)
            || (said is not null && observation.IsUnread != (said == ConditionStatus.Unknown))
            || observation.IsRefused != saidRefused;
        return (hasOtherState, !hasOtherState && !isLimited && RouteObservation.Same(status?.Traffic, observation.Traffic));
    }

    private bool IsDue(DateTimeOffset? last, DateTimeOffset now) => last is not { } at || now - at >= leastPause;

    private Note? Find(SentryProjectRoute route) =>
        _notes.TryGetValue(ObjectKey.Of(route), out var note) && note.Uid == route.Metadata.Uid ? note : null;

    private sealed class Note(string? uid, RouteObservation latest)
    {
        public string? Uid { get; } = uid;

        public RouteObservation Latest { get; set; } = latest;

        public RouteObservation? Published { get; set; }

        public DateTimeOffset? PublishedAt { get; set; }

        public DateTimeOffset? StatePublishedAt { get; set; }
    }
}

/// <summary>Why a route's status is to be written.</summary>
internal enum Publication
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>Counts, the time of the last data, or the end of a limit.</summary>
    Counts,

    /// <summary>A limit or a refusal began or ended.</summary>
    State,
}
