using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Json;

/// <summary>Scalar values from JSON to protobuf.</summary>
internal static class JsonScalars
{
    /// <summary>What a field of this kind must be, to follow its name in a sentence.</summary>
    public static string Expected(JsonFieldKind kind) => kind switch
    {
        JsonFieldKind.Text => "must be a string",
        JsonFieldKind.Flag => "must be true or false",
        JsonFieldKind.Enumeration => "must be a number; OTLP does not take the names",
        JsonFieldKind.Double => "must be a number, or NaN, Infinity or -Infinity in a string",
        JsonFieldKind.Hex => "must be a string of hex digits",
        JsonFieldKind.Base64 => "must be a string of base64",
        _ => "must be a whole number within its range",
    };

    /// <summary>Writes the value that the reader stands on with its tag; false when it is not of the field's kind.</summary>
    public static bool Write(ref Utf8JsonReader reader, JsonField field, ref ProtobufOutput output)
    {
        switch (field.Kind)
        {
            case JsonFieldKind.Text or JsonFieldKind.Hex or JsonFieldKind.Base64:
                return WriteBytes(ref reader, field, ref output);
            case JsonFieldKind.Flag:
                output.Tag(field.Number, WireType.Varint);
                output.Varint(reader.TokenType == JsonTokenType.True ? 1UL : 0);
                return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
            case JsonFieldKind.Double:
                output.Tag(field.Number, WireType.Fixed64);
                var isDouble = ReadDouble(ref reader, out var number);
                output.Fixed64(BitConverter.DoubleToUInt64Bits(number));
                return isDouble;
            default:
                return WriteInteger(ref reader, field, ref output);
        }
    }

    private static bool WriteInteger(ref Utf8JsonReader reader, JsonField field, ref ProtobufOutput output)
    {
        if (!ReadInteger(ref reader, field.Kind, out var value))
        {
            return false;
        }

        switch (field.Kind)
        {
            case JsonFieldKind.Fixed32:
                output.Tag(field.Number, WireType.Fixed32);
                output.Fixed32((uint)value);
                return true;
            case JsonFieldKind.Fixed64 or JsonFieldKind.SFixed64:
                output.Tag(field.Number, WireType.Fixed64);
                output.Fixed64(value);
                return true;
            case JsonFieldKind.SInt32:
                // ZigZag: small numbers of either sign are short.
                var signed = unchecked((int)value);
                output.Tag(field.Number, WireType.Varint);
                output.Varint(unchecked((uint)((signed << 1) ^ (signed >> 31))));
                return true;
            default:
                output.Tag(field.Number, WireType.Varint);
                output.Varint(value);
                return true;
        }
    }

    // Negative numbers as their two's complement of 64 bits.
    private static bool ReadInteger(ref Utf8JsonReader reader, JsonFieldKind kind, out ulong value)
    {
        var text = Digits(ref reader, kind == JsonFieldKind.Enumeration);
        var isUnsigned = kind is JsonFieldKind.UInt32 or JsonFieldKind.UInt64 or JsonFieldKind.Fixed32 or JsonFieldKind.Fixed64;
        return (isUnsigned ? ReadUnsigned(text, out value) : ReadSigned(text, out value)) && kind switch
        {
            JsonFieldKind.UInt32 or JsonFieldKind.Fixed32 => value <= uint.MaxValue,
            JsonFieldKind.SInt32 or JsonFieldKind.Enumeration => unchecked((long)value) is >= int.MinValue and <= int.MaxValue,
            _ => true,
        };
    }

    private static bool ReadUnsigned(ReadOnlySpan<byte> text, out ulong value)
    {
        if (Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length)
        {
            return true;
        }

        var isWhole = ReadWhole(text, out var number);
        value = unchecked((ulong)number);
        return isWhole && number >= 0;
    }

    private static bool ReadSigned(ReadOnlySpan<byte> text, out ulong value)
    {
        if (!Utf8Parser.TryParse(text, out long number, out var consumed) || consumed != text.Length)
        {
            if (!ReadWhole(text, out number))
            {
                value = 0;
                return false;
            }
        }

        value = unchecked((ulong)number);
        return true;
    }

    // 1e9 and 1.0 are whole numbers too; doubles are exact up to 2^53.
    private static bool ReadWhole(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (!Utf8Parser.TryParse(text, out double number, out var consumed) || consumed != text.Length
            || Math.Abs(number) > 1L << 53 || number != Math.Floor(number))
        {
            return false;
        }

        value = (long)number;
        return true;
    }

    private static bool ReadDouble(ref Utf8JsonReader reader, out double value)
    {
        value = 0;
        if (reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueTextEquals("NaN"u8) || reader.ValueTextEquals("Infinity"u8) || reader.ValueTextEquals("-Infinity"u8))
            {
                value = reader.ValueTextEquals("NaN"u8) ? double.NaN
                    : reader.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
                    : double.NegativeInfinity;
                return true;
            }
        }

        var text = Digits(ref reader, numberOnly: false);
        return Utf8Parser.TryParse(text, out value, out var consumed) && consumed == text.Length && double.IsFinite(value);
    }

    private static ReadOnlySpan<byte> Digits(ref Utf8JsonReader reader, bool numberOnly) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.ValueSpan,
        JsonTokenType.String when !numberOnly => Plain(ref reader),
        _ => default,
    };

    // Digits and base64 need no escapes, but there are encoders that write a slash as \/.
    private static ReadOnlySpan<byte> Plain(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
        {
            return reader.ValueSpan;
        }

        var text = new byte[reader.ValueSpan.Length];
        return TryCopy(ref reader, text, out var written) ? text.AsSpan(0, written) : reader.ValueSpan;
    }

    private static bool WriteBytes(ref Utf8JsonReader reader, JsonField field, ref ProtobufOutput output)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        output.Tag(field.Number, WireType.LengthDelimited);
        var start = output.Begin();
        var room = output.Room(reader.ValueSpan.Length);
        if (room.Length < reader.ValueSpan.Length)
        {
            output.Overflow();
            return true;
        }

        if (!Decode(ref reader, field.Kind, room, out var written))
        {
            return false;
        }

        output.Advance(written);
        output.End(start);
        return true;
    }

    private static bool Decode(ref Utf8JsonReader reader, JsonFieldKind kind, Span<byte> room, out int written) => kind switch
    {
        JsonFieldKind.Hex => Convert.FromHexString(Plain(ref reader), room, out _, out written) == OperationStatus.Done,
        JsonFieldKind.Base64 => DecodeBase64(Plain(ref reader), room, out written),
        _ => TryCopy(ref reader, room, out written),
    };

    // With padding or without, in the standard alphabet or in that of URLs.
    private static bool DecodeBase64(ReadOnlySpan<byte> text, Span<byte> room, out int written)
    {
        if (Base64.DecodeFromUtf8(text, room, out _, out written) == OperationStatus.Done)
        {
            return true;
        }

        var url = text.ToArray();
        url.AsSpan().Replace((byte)'+', (byte)'-');
        url.AsSpan().Replace((byte)'/', (byte)'_');
        return Base64Url.DecodeFromUtf8(url, room, out _, out written) == OperationStatus.Done;
    }

    private static bool TryCopy(ref Utf8JsonReader reader, Span<byte> room, out int written)
    {
        try
        {
            written = reader.CopyString(room);
            return true;
        }
        catch (InvalidOperationException)
        {
            // Bytes that are no UTF-8, or half of a surrogate pair.
            written = 0;
            return false;
        }
    }
}
