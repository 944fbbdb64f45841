using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Checking;

/// <summary>What <see cref="RecordCheck.Check"/> found.</summary>
/// <param name="Error">Why the request can not be read; the counts are 0 then.</param>
/// <param name="InvalidIds">Spans with <see cref="RecordFault.InvalidId"/>.</param>
/// <param name="TooLarge">Records with <see cref="RecordFault.TooLarge"/>.</param>
public readonly record struct RecordCheckResult(OtlpError Error, int InvalidIds, int TooLarge)
{
    /// <summary>Records that Sentry would lose.</summary>
    public int Refused => InvalidIds + TooLarge;
}
