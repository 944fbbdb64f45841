using SentryOtel.Gateway.Queueing;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Parking;

/// <summary>What waits for one value of the routing attribute, in the order in which it came. Guarded by the lot's lock.</summary>
internal sealed class ParkedService
{
    private readonly Queue<(OtlpSignal Signal, QueuedData Data)> _waiting = new();

    public long Bytes { get; private set; }

    public long Items { get; private set; }

    public int Count => _waiting.Count;

    public void Add(OtlpSignal signal, QueuedData data)
    {
        _waiting.Enqueue((signal, data));
        (Bytes, Items) = (Bytes + data.Bytes, Items + data.Items);
    }

    public bool TryPeek(out OtlpSignal signal, out QueuedData data)
    {
        var found = _waiting.TryPeek(out var first);
        (signal, data) = first;
        return found;
    }

    /// <summary>Takes the first out. Its bytes and items are given, since it may be gone by now.</summary>
    public void Remove(long bytes, long items)
    {
        _waiting.Dequeue();
        (Bytes, Items) = (Bytes - bytes, Items - items);
    }
}

/// <summary>What waits for one value at one moment.</summary>
/// <param name="Value">Of the routing attribute, as it came.</param>
/// <param name="Items">Spans and log records.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Oldest">When the first of them came.</param>
internal readonly record struct ParkedState(string Value, long Items, long Bytes, TimeSpan Oldest);
