using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>The requests that a forwarder holds, those on the way included: in order, bounded in bytes, and booked when they come and go. Guarded by the forwarder's lock.</summary>
internal sealed class ForwardQueue(ProjectAccount account, MonotonicClock clock)
{
    private readonly LinkedList<ForwardEntry> _waiting = new();
    private bool _stopped;

    /// <summary>Of what waits and of what is on the way.</summary>
    public long Bytes { get; private set; }

    /// <summary>What waits longest.</summary>
    public ForwardEntry? First => _waiting.First?.Value;

    /// <summary>An empty queue takes a request of any size, or it would never get through.</summary>
    public bool HasRoom(long bytes, long limit) => !_stopped && (Bytes == 0 || bytes <= limit - Bytes);

    public void Add(BufferLease request, int points)
    {
        var entry = new ForwardEntry(request, points, clock.Now);
        account.Accept(points, entry.Bytes, clock.Now);
        _waiting.AddLast(entry);
        Bytes += entry.Bytes;
    }

    /// <summary>Takes the first out, to be sent. Its bytes stay held.</summary>
    public ForwardEntry Take()
    {
        var entry = _waiting.First!.Value;
        _waiting.RemoveFirst();
        return entry;
    }

    /// <summary>What was taken out waits again, before the others.</summary>
    public void PutBack(ForwardEntry entry)
    {
        if (_stopped)
        {
            Drop(entry, DropReason.Shutdown);
        }
        else
        {
            _waiting.AddFirst(entry);
        }
    }

    /// <summary>An attempt compressed the body.</summary>
    public void Resized(ForwardEntry entry, long before) => Bytes += entry.Bytes - before;

    /// <summary>What was taken out has arrived, but for some of it.</summary>
    public void Arrived(ForwardEntry entry, long rejected)
    {
        account.Send(entry.Points - rejected, entry.Bytes);
        if (rejected > 0)
        {
            account.Drop(DropReason.PartialSuccess, rejected, 0);
        }

        Release(entry);
    }

    /// <summary>What was taken out is given up.</summary>
    public void Drop(ForwardEntry entry, DropReason reason)
    {
        account.Drop(reason, entry.Points, entry.Bytes);
        Release(entry);
    }

    /// <summary>Drops what waits for so long.</summary>
    public void Expire(TimeSpan age)
    {
        while (First is { } old && clock.Now - old.Since >= age)
        {
            Drop(Take(), DropReason.Expired);
        }
    }

    /// <summary>Drops what waits, and takes nothing from then on; says how many data points were dropped.</summary>
    public long Stop()
    {
        _stopped = true;
        long points = 0;
        while (First is not null)
        {
            var entry = Take();
            points += entry.Points;
            Drop(entry, DropReason.Shutdown);
        }

        return points;
    }

    private void Release(ForwardEntry entry)
    {
        Bytes -= entry.Bytes;
        entry.Dispose();
    }
}
