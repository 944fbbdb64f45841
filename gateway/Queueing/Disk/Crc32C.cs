using System.Buffers.Binary;
using System.Numerics;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>CRC-32C (Castagnoli), by the processor's instruction where it has one.</summary>
internal static class Crc32C
{
    public const uint Start = uint.MaxValue;

    /// <summary>Goes on from <paramref name="state"/>, <see cref="Start"/> at first; <see cref="Finish"/> ends it.</summary>
    public static uint Add(uint state, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= sizeof(ulong))
        {
            state = BitOperations.Crc32C(state, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var one in bytes)
        {
            state = BitOperations.Crc32C(state, one);
        }

        return state;
    }

    public static uint Finish(uint state) => ~state;

    public static uint Of(ReadOnlySpan<byte> bytes) => Finish(Add(Start, bytes));
}
