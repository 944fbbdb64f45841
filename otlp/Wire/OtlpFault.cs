namespace SentryOtel.Otlp.Wire;

/// <summary>Why bytes are not a request that can be used.</summary>
public enum OtlpFault
{
    /// <summary>Nothing is wrong.</summary>
    None,

    /// <summary>The message ends inside a tag or a value.</summary>
    Truncated,

    /// <summary>A varint has more than ten bytes or more than 64 bits.</summary>
    VarintTooLong,

    /// <summary>A length reaches beyond the message that contains it.</summary>
    LengthBeyondEnd,

    /// <summary>A length is above 2 GiB, the limit of any protobuf message.</summary>
    LengthTooLarge,

    /// <summary>A field number is 0 or above 2^29-1.</summary>
    FieldNumberInvalid,

    /// <summary>A tag has wire type 6 or 7.</summary>
    WireTypeInvalid,

    /// <summary>A group ends that never began, or ends with another group's number.</summary>
    GroupUnbalanced,

    /// <summary>Groups are nested deeper than <see cref="WireReader.MaxGroupDepth"/>.</summary>
    GroupTooDeep,

    /// <summary>The request is cut over more services than one request may name.</summary>
    TooManyResources,
}
