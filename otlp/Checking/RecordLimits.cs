namespace SentryOtel.Otlp.Checking;

/// <summary>How large one record may be, together with what Relay copies into it; see <see cref="RecordSize"/>.</summary>
/// <param name="MaxSpanBytes">Most bytes of an encoded span.</param>
/// <param name="MaxLogRecordBytes">Most bytes of an encoded log record.</param>
public readonly record struct RecordLimits(int MaxSpanBytes, int MaxLogRecordBytes)
{
    private const int MiB = 1024 * 1024;

    /// <summary>The limits that Sentry's Relay has unless its operator changed them.</summary>
    public static RecordLimits Sentry { get; } = new(10 * MiB, 2 * MiB);

    /// <summary>The limit of a signal's records.</summary>
    public int Of(OtlpSignal signal) => signal == OtlpSignal.Logs ? MaxLogRecordBytes : MaxSpanBytes;
}
