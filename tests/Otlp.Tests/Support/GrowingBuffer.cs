using SentryOtel.Otlp.Bodies;

namespace SentryOtel.Otlp.Tests.Support;

/// <summary>A body buffer on plain arrays that refuses to grow beyond a limit, and remembers how far it grew.</summary>
internal sealed class GrowingBuffer(int limit = int.MaxValue) : IBodyBuffer
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public int Capacity => _bytes.Length;

    public byte[] Written => _bytes[..Length];

    public Memory<byte> Free => _bytes.AsMemory(Length);

    public bool TryReserve(int capacity)
    {
        if (capacity > limit)
        {
            return false;
        }

        if (capacity > _bytes.Length)
        {
            Array.Resize(ref _bytes, capacity);
        }

        return true;
    }

    public void Advance(int bytes) => Length += bytes;
}
