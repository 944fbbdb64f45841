using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>
/// The books of one project and signal. At every moment accepted = sent + dropped + queued, in items; data keep the account
/// that they were accepted under, whatever way they take.
/// </summary>
internal sealed class ProjectAccount(string exporter, OtlpSignal signal, string project)
{
    private readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    private readonly Lock _gate = new();
    private long _accepted;
    private long _sent;
    private long _queued;

    /// <summary>Component id of the exporter.</summary>
    public string Exporter { get; } = exporter;

    public OtlpSignal Signal { get; } = signal;

    /// <summary>Slug of the project.</summary>
    public string Project { get; } = project;

    public void Accept(long items)
    {
        lock (_gate)
        {
            _accepted += items;
            _queued += items;
        }
    }

    public void Send(long items)
    {
        lock (_gate)
        {
            _sent += items;
            _queued -= items;
        }
    }

    public void Drop(DropReason reason, long items)
    {
        lock (_gate)
        {
            _dropped[(int)reason] += items;
            _queued -= items;
        }
    }

    /// <summary>The books at one moment.</summary>
    public AccountBalance Read()
    {
        lock (_gate)
        {
            return new AccountBalance(_accepted, _sent, _queued, [.. _dropped]);
        }
    }
}

/// <summary>What a <see cref="ProjectAccount"/> holds, in items.</summary>
/// <param name="Accepted">Taken from clients.</param>
/// <param name="Sent">Taken by Sentry.</param>
/// <param name="Queued">Waiting or on the way.</param>
/// <param name="Dropped">By <see cref="DropReason"/>.</param>
internal readonly record struct AccountBalance(long Accepted, long Sent, long Queued, IReadOnlyList<long> Dropped)
{
    public long TotalDropped => Dropped.Sum();

    public long DroppedFor(DropReason reason) => Dropped[(int)reason];

    /// <summary>The invariant.</summary>
    public bool IsBalanced => Accepted == Sent + TotalDropped + Queued && Queued >= 0;
}
