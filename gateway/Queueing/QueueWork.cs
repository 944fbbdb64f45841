using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Queueing;

/// <summary>One piece of work of a queue: a batch to seal, or one to send.</summary>
/// <param name="ToSeal">Set for sealing.</param>
/// <param name="Batch">Set for sending.</param>
/// <param name="Target">Where to.</param>
/// <param name="Started">When it was handed out.</param>
internal sealed record QueueWork(OpenBatch? ToSeal, SealedBatch? Batch, RouteTarget Target, TimeSpan Started);

/// <summary>A queue at one moment.</summary>
/// <param name="Items">Waiting and on the way.</param>
/// <param name="Bytes">Waiting and on the way.</param>
/// <param name="InFlight">Batches on the way.</param>
/// <param name="Oldest">When the oldest of what waits was accepted.</param>
/// <param name="Hold">Why nothing is sent, if so.</param>
/// <param name="HeldFor">For how long still.</param>
/// <param name="IsSealing">A batch is being compressed.</param>
internal readonly record struct QueueState(long Items, long Bytes, int InFlight, TimeSpan? Oldest, HoldReason Hold, TimeSpan HeldFor, bool IsSealing)
{
    /// <summary>The limit of Sentry's in force, if one is.</summary>
    public ActiveLimit? Limit { get; init; }

    public bool IsEmpty => Items == 0 && InFlight == 0 && !IsSealing;
}
