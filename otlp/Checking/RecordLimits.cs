namespace SentryOtel.Otlp.Checking;

/// <summary>How large one record may be.</summary>
/// <param name="MaxSpanBytes">Most bytes of an encoded span.</param>
/// <param name="MaxLogRecordBytes">Most bytes of an encoded log record.</param>
public readonly record struct RecordLimits(int MaxSpanBytes, int MaxLogRecordBytes)
{
    private const int MiB = 1024 * 1024;

    /// <summary>
    /// The limits that Sentry's Relay has unless its operator changed them. Relay measures a record after it has copied resource and scope into it,
    /// so a record that passes here may still be too large there; one that does not pass never was small enough.
    /// </summary>
    public static RecordLimits Sentry { get; } = new(10 * MiB, 2 * MiB);
}
