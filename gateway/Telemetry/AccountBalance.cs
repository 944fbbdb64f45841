using SentryOtel.Gateway.Sending;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>What a <see cref="ProjectAccount"/> holds, in items.</summary>
/// <param name="Accepted">Taken from clients.</param>
/// <param name="Sent">Taken by Sentry.</param>
/// <param name="Queued">Waiting or on the way.</param>
/// <param name="Dropped">By <see cref="DropReason"/>.</param>
internal readonly record struct AccountBalance(long Accepted, long Sent, long Queued, IReadOnlyList<long> Dropped)
{
    /// <summary>Found on disk at the start, accepted by a process before this one.</summary>
    public long Recovered { get; init; }

    /// <summary>Taken from clients, as uncompressed protobuf.</summary>
    public long AcceptedBytes { get; init; }

    /// <summary>Taken by the destination, as they went over the wire.</summary>
    public long SentBytes { get; init; }

    /// <summary>By <see cref="DropReason"/>, as they were held.</summary>
    public IReadOnlyList<long> DroppedBytes { get; init; } = [];

    /// <summary>Attempts to send, by <see cref="SendOutcomeKind"/>.</summary>
    public IReadOnlyList<long> Attempts { get; init; } = [];

    /// <summary>Attempts with data that had been tried before.</summary>
    public long Retries { get; init; }

    /// <summary>When data came last, by the exporter's clock; null for never.</summary>
    public TimeSpan? LastAccepted { get; init; }

    /// <summary>The last attempt that failed; null for none.</summary>
    public AttemptFailure? LastFailure { get; init; }

    public long TotalDropped => Dropped.Sum();

    public long DroppedFor(DropReason reason) => Dropped[(int)reason];

    /// <summary>The invariant.</summary>
    public bool IsBalanced => Accepted + Recovered == Sent + TotalDropped + Queued && Queued >= 0;
}

/// <summary>An attempt that failed.</summary>
/// <param name="At">When it ended.</param>
/// <param name="Outcome">What it came to.</param>
/// <param name="Status">HTTP status; 0 when no answer came.</param>
/// <param name="Message">The beginning of the answer's text, without the project's key.</param>
internal sealed record AttemptFailure(DateTimeOffset At, SendOutcomeKind Outcome, int Status, string Message);
