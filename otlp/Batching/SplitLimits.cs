namespace SentryOtel.Otlp.Batching;

/// <summary>How large the parts of a split may be, and what the split itself may cost.</summary>
/// <param name="MaxBytes">Most bytes of a part, uncompressed.</param>
/// <param name="MaxItems">Most spans or log records of a part.</param>
/// <param name="MaxParts">Most parts; what is left goes into the last one, however large.</param>
/// <param name="MaxHeaderBytes">
/// Most bytes of resource and scope headers that are repeated, over the whole split. A request with a huge resource
/// and many tiny records would otherwise multiply; when the budget is spent the rest stays in one part.
/// </param>
public readonly record struct SplitLimits(
    int MaxBytes = int.MaxValue,
    int MaxItems = int.MaxValue,
    int MaxParts = 10_000,
    long MaxHeaderBytes = 64L * 1024 * 1024)
{
    /// <summary>Limits that split nothing.</summary>
    public SplitLimits()
        : this(int.MaxValue)
    {
    }
}
