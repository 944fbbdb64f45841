using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>
/// The books of one project and signal. At every moment accepted + recovered = sent + dropped + queued, in items; data keep the account
/// that they were accepted under, whatever way they take.
/// </summary>
internal sealed class ProjectAccount(string exporter, OtlpSignal signal, string project)
{
    private static readonly int DropReasons = Enum.GetValues<DropReason>().Length;
    private static readonly int Outcomes = Enum.GetValues<SendOutcomeKind>().Length;

    private readonly long[] _dropped = new long[DropReasons];
    private readonly long[] _droppedBytes = new long[DropReasons];
    private readonly long[] _attempts = new long[Outcomes];
    private readonly Lock _gate = new();
    private long _accepted;
    private long _recovered;
    private long _kept;
    private long _acceptedBytes;
    private long _sent;
    private long _sentBytes;
    private long _queued;
    private long _retries;
    private TimeSpan? _lastAccepted;
    private AttemptFailure? _lastFailure;

    /// <summary>Component id of the exporter.</summary>
    public string Exporter { get; } = exporter;

    public OtlpSignal Signal { get; } = signal;

    /// <summary>Slug of the project.</summary>
    public string Project { get; } = project;

    /// <param name="items">Spans, log records or data points.</param>
    /// <param name="bytes">As protobuf, uncompressed.</param>
    /// <param name="now">By the exporter's clock.</param>
    public void Accept(long items, long bytes, TimeSpan now)
    {
        lock (_gate)
        {
            _accepted += items;
            _acceptedBytes += bytes;
            _queued += items;
            _lastAccepted = now;
        }
    }

    /// <summary>Items that a process before this one accepted and left on disk; those that this one left there itself are in the books.</summary>
    public void Recover(long items)
    {
        lock (_gate)
        {
            var known = Math.Min(_kept, items);
            _kept -= known;
            _recovered += items - known;
            _queued += items - known;
        }
    }

    /// <summary>Queued items stay on disk, for whoever recovers them.</summary>
    public void Keep(long items)
    {
        lock (_gate)
        {
            _kept += items;
        }
    }

    /// <param name="items">Items.</param>
    /// <param name="bytes">As they went over the wire.</param>
    public void Send(long items, long bytes)
    {
        lock (_gate)
        {
            _sent += items;
            _sentBytes += bytes;
            _queued -= items;
        }
    }

    /// <param name="reason">Why.</param>
    /// <param name="items">Items.</param>
    /// <param name="bytes">As they were held: uncompressed at first, compressed once they are sealed.</param>
    public void Drop(DropReason reason, long items, long bytes)
    {
        lock (_gate)
        {
            _dropped[(int)reason] += items;
            _droppedBytes[(int)reason] += bytes;
            _queued -= items;
        }
    }

    /// <summary>An attempt to send came to its end.</summary>
    /// <param name="outcome">What it came to.</param>
    /// <param name="isRetry">The data had been tried before.</param>
    /// <param name="failure">Set when they were not sent.</param>
    public void Attempt(SendOutcomeKind outcome, bool isRetry, AttemptFailure? failure)
    {
        lock (_gate)
        {
            _attempts[(int)outcome]++;
            _retries += isRetry ? 1 : 0;
            _lastFailure = failure ?? _lastFailure;
        }
    }

    /// <summary>The books at one moment.</summary>
    public AccountBalance Read()
    {
        lock (_gate)
        {
            return new AccountBalance(_accepted, _sent, _queued, [.. _dropped])
            {
                Recovered = _recovered,
                AcceptedBytes = _acceptedBytes,
                SentBytes = _sentBytes,
                DroppedBytes = [.. _droppedBytes],
                Attempts = [.. _attempts],
                Retries = _retries,
                LastAccepted = _lastAccepted,
                LastFailure = _lastFailure,
            };
        }
    }
}
