namespace SentryOtel.Otlp.Bodies;

/// <summary>Where a request body is gathered. The owner decides how much memory it may take.</summary>
public interface IBodyBuffer
{
    /// <summary>Bytes written so far.</summary>
    int Length { get; }

    /// <summary>Room to write to; may be empty.</summary>
    Memory<byte> Free { get; }

    /// <summary>Makes room for <paramref name="capacity"/> bytes in all, keeping what is written; false when there is no memory to spare.</summary>
    bool TryReserve(int capacity);

    /// <summary>Counts the first <paramref name="bytes"/> of <see cref="Free"/> as written.</summary>
    void Advance(int bytes);
}
