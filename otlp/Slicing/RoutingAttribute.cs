using System.Text.Unicode;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Slicing;

/// <summary>
/// Finds one attribute's value in an encoded Resource. Follows protobuf's merge rules: fields in any order, the last
/// key of a KeyValue wins, several values of a KeyValue merge and the last member set of AnyValue's oneof wins.
/// Of several attributes with the same key, which OTLP forbids, the first counts, as in the Collector.
/// </summary>
internal static class RoutingAttribute
{
    /// <summary>Looks at one occurrence of the resource; leaves <paramref name="found"/> alone when the key is not in it.</summary>
    public static OtlpError Find(WireReader resource, ReadOnlySpan<byte> key, ref RoutingValue? found)
    {
        while (resource.MoveNext())
        {
            if (!resource.IsMessage(OtlpFields.ResourceAttributes))
            {
                continue;
            }

            var error = HasKey(resource.Enter(), key, out var matches);
            if (error.IsError)
            {
                return error;
            }

            if (matches && found is null)
            {
                error = ReadValues(resource.Enter(), out var value);
                if (error.IsError)
                {
                    return error;
                }

                found = value;
            }
        }

        return resource.Error;
    }

    private static OtlpError HasKey(WireReader keyValue, ReadOnlySpan<byte> key, out bool matches)
    {
        matches = false;
        while (keyValue.MoveNext())
        {
            if (keyValue.IsMessage(OtlpFields.KeyValueKey))
            {
                matches = keyValue.Value.SequenceEqual(key);
            }
        }

        return keyValue.Error;
    }

    private static OtlpError ReadValues(WireReader keyValue, out RoutingValue value)
    {
        value = default;
        while (keyValue.MoveNext())
        {
            if (keyValue.IsMessage(OtlpFields.KeyValueValue))
            {
                var error = ReadValue(keyValue.Enter(), ref value);
                if (error.IsError)
                {
                    return error;
                }
            }
        }

        return keyValue.Error;
    }

    private static OtlpError ReadValue(WireReader anyValue, ref RoutingValue value)
    {
        while (anyValue.MoveNext())
        {
            value = (anyValue.FieldNumber, anyValue.WireType) switch
            {
                (OtlpFields.AnyValueString, WireType.LengthDelimited) => Text(anyValue),
                (OtlpFields.AnyValueBool, WireType.Varint) =>
                    new RoutingValue(RoutingValueKind.Boolean, Number: anyValue.Varint == 0 ? 0 : 1),
                (OtlpFields.AnyValueInt, WireType.Varint) =>
                    new RoutingValue(RoutingValueKind.Integer, Number: unchecked((long)anyValue.Varint)),
                (OtlpFields.AnyValueDouble, WireType.Fixed64) or
                (OtlpFields.AnyValueArray, WireType.LengthDelimited) or
                (OtlpFields.AnyValueKvlist, WireType.LengthDelimited) or
                (OtlpFields.AnyValueBytes, WireType.LengthDelimited) or
                (OtlpFields.AnyValueStringIndex, WireType.Varint) => new RoutingValue(RoutingValueKind.Unroutable),
                _ => value,
            };
        }

        return anyValue.Error;
    }

    private static RoutingValue Text(in WireReader anyValue) =>
        Utf8.IsValid(anyValue.Value)
            ? new RoutingValue(RoutingValueKind.Text, anyValue.ValueStart, anyValue.ValueLength)
            : new RoutingValue(RoutingValueKind.InvalidUtf8);
}
