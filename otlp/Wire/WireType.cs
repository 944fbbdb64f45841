namespace SentryOtel.Otlp.Wire;

/// <summary>The low three bits of a protobuf tag; 6 and 7 do not exist.</summary>
public enum WireType
{
    /// <summary>int32, int64, uint32, uint64, sint32, sint64, bool, enum.</summary>
    Varint = 0,

    /// <summary>fixed64, sfixed64, double.</summary>
    Fixed64 = 1,

    /// <summary>string, bytes, embedded messages, packed repeated fields.</summary>
    LengthDelimited = 2,

    /// <summary>Opens a group; no OTLP message has one, an unknown field may.</summary>
    StartGroup = 3,

    /// <summary>Closes a group.</summary>
    EndGroup = 4,

    /// <summary>fixed32, sfixed32, float.</summary>
    Fixed32 = 5,
}
