namespace SentryOtel.Gateway.Queueing;

/// <summary>Bytes that one queue holds, which count for all queues together as well. Guarded by the queue's lock.</summary>
internal sealed class QueueBytes(QueueRoom room)
{
    /// <summary>Waiting and on the way.</summary>
    public long Value { get; private set; }

    public void Add(long bytes)
    {
        Value += bytes;
        room.Add(bytes);
    }

    /// <summary>Whether so many more fit. What is larger than any bound gets into an empty queue, or it would never get anywhere.</summary>
    public bool HasRoom(long bytes, long max) => (Value == 0 || bytes <= Math.Min(max, room.Share) - Value) && room.Has(bytes);
}
