namespace SentryOtel.Otlp.Json;

/// <summary>How a field is written in JSON and in protobuf (proto3 JSON, with the exceptions of OTLP). Whole numbers may be numbers, or their digits in a string.</summary>
internal enum JsonFieldKind
{
    Text,

    Flag,

    UInt32,

    Int64,

    UInt64,

    /// <summary>sint32: a varint of another sign form.</summary>
    SInt32,

    /// <summary>A number; OTLP forbids the names.</summary>
    Enumeration,

    Fixed32,

    Fixed64,

    SFixed64,

    /// <summary>double: a number, its digits in a string, NaN, Infinity, -Infinity.</summary>
    Double,

    /// <summary>Bytes of a trace or span id: hex in OTLP, where proto3 JSON has base64.</summary>
    Hex,

    /// <summary>Other bytes.</summary>
    Base64,

    Message,
}
