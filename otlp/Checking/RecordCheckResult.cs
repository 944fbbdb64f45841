using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Checking;

/// <summary>What <see cref="RecordCheck.Check"/> found.</summary>
/// <param name="Error">Why the request can not be read; nothing is counted then.</param>
/// <param name="InvalidIds">Spans with <see cref="RecordFault.InvalidId"/>.</param>
/// <param name="InvalidTimes">Spans with <see cref="RecordFault.InvalidTime"/>.</param>
/// <param name="TooLarge">Records with <see cref="RecordFault.TooLarge"/>.</param>
public readonly record struct RecordCheckResult(OtlpError Error, int InvalidIds, int InvalidTimes, int TooLarge)
{
    /// <summary>Bytes of the spans with an invalid id, encoded, without what is around them.</summary>
    public long InvalidIdBytes { get; init; }

    /// <summary>Bytes of the spans with invalid times.</summary>
    public long InvalidTimeBytes { get; init; }

    /// <summary>Bytes of the records that are too large.</summary>
    public long TooLargeBytes { get; init; }

    /// <summary>Records that Sentry would lose.</summary>
    public int Refused => InvalidIds + InvalidTimes + TooLarge;

    internal RecordCheckResult With(RecordFault fault, int bytes) => fault switch
    {
        RecordFault.InvalidId => this with { InvalidIds = InvalidIds + 1, InvalidIdBytes = InvalidIdBytes + bytes },
        RecordFault.InvalidTime => this with { InvalidTimes = InvalidTimes + 1, InvalidTimeBytes = InvalidTimeBytes + bytes },
        RecordFault.TooLarge => this with { TooLarge = TooLarge + 1, TooLargeBytes = TooLargeBytes + bytes },
        _ => this,
    };
}
