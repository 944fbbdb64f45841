namespace SentryOtel.Otlp.Bodies;

/// <summary>Why a body could not be read.</summary>
public enum BodyFault
{
    /// <summary>It was read whole.</summary>
    None,

    /// <summary>It is larger than allowed, before or after decompression.</summary>
    TooLarge,

    /// <summary>The server has no memory to spare now; the client may come back.</summary>
    NoRoom,

    /// <summary>It ended before its announced length.</summary>
    Truncated,

    /// <summary>Its compression is broken.</summary>
    Corrupt,

    /// <summary>It took longer than the server waits.</summary>
    TooSlow,
}
