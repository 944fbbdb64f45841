namespace SentryOtel.Otlp.Json;

/// <summary>How a field is written in JSON and in protobuf (proto3 JSON, with the exceptions of OTLP).</summary>
internal enum JsonFieldKind
{
    Text,

    Flag,

    /// <summary>int32, uint32, int64, uint64: a number, or its digits in a string.</summary>
    Varint,

    /// <summary>A number; OTLP forbids the names.</summary>
    Enumeration,

    Fixed32,

    /// <summary>fixed64: a number, or its digits in a string.</summary>
    Fixed64,

    /// <summary>double: a number, its digits in a string, NaN, Infinity, -Infinity.</summary>
    Double,

    /// <summary>Bytes of a trace or span id: hex in OTLP, where proto3 JSON has base64.</summary>
    Hex,

    /// <summary>Other bytes.</summary>
    Base64,

    Message,
}
