namespace SentryOtel.Otlp.Wire;

/// <summary>The one error of this library for bytes that are not OTLP. A value, so that bad input costs no more than good.</summary>
/// <param name="Fault">What is wrong; <see cref="OtlpFault.None"/> when nothing is.</param>
/// <param name="Offset">Where, in bytes from the start of the request.</param>
public readonly record struct OtlpError(OtlpFault Fault, int Offset)
{
    /// <summary>No error.</summary>
    public static OtlpError None => default;

    /// <summary>Whether something is wrong.</summary>
    public bool IsError => Fault != OtlpFault.None;

    /// <summary>A sentence for the client that sent the bytes; quotes none of them.</summary>
    public override string ToString() => Fault switch
    {
        OtlpFault.None => "valid",
        OtlpFault.Truncated => $"the message ends inside a field at byte {Offset}",
        OtlpFault.VarintTooLong => $"the varint at byte {Offset} has more than 64 bits",
        OtlpFault.LengthBeyondEnd => $"the length at byte {Offset} reaches beyond its message",
        OtlpFault.LengthTooLarge => $"the length at byte {Offset} is above 2 GiB",
        OtlpFault.FieldNumberInvalid => $"the field number at byte {Offset} is outside 1 to 536870911",
        OtlpFault.WireTypeInvalid => $"the wire type at byte {Offset} does not exist",
        OtlpFault.GroupUnbalanced => $"the group end at byte {Offset} matches no group start",
        OtlpFault.GroupTooDeep => $"groups are nested deeper than {WireReader.MaxGroupDepth} at byte {Offset}",
        OtlpFault.TooManyResources => $"too many resources in one request at byte {Offset}: send smaller batches",
        _ => $"{Fault} at byte {Offset}",
    };
}
