namespace SentryOtel.Otlp.Bodies;

/// <summary>How large a body may be.</summary>
/// <param name="MaxEncodedBytes">On the wire.</param>
/// <param name="MaxDecodedBytes">After decompression. OTLP recommends 64 MiB.</param>
public readonly record struct BodyLimits(int MaxEncodedBytes, int MaxDecodedBytes)
{
    /// <summary>The same limit before and after decompression.</summary>
    public BodyLimits(int maxBytes)
        : this(maxBytes, maxBytes)
    {
    }
}
