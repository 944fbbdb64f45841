using System.Buffers;
using System.Text;

namespace SentryOtel.Otlp.Wire;

/// <summary>Encodes small protobuf messages. Scalars and strings that are the default are left out, as proto3 does.</summary>
internal sealed class MessageBuilder
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public void AddVarint(int fieldNumber, ulong value)
    {
        if (value != 0)
        {
            WriteVarint(((ulong)fieldNumber << 3) | (int)WireType.Varint);
            WriteVarint(value);
        }
    }

    public void AddString(int fieldNumber, string value)
    {
        if (value.Length > 0)
        {
            AddBytes(fieldNumber, Encoding.UTF8.GetBytes(value));
        }
    }

    /// <summary>Adds bytes, or an embedded message, also when empty.</summary>
    public void AddBytes(int fieldNumber, ReadOnlySpan<byte> value)
    {
        WriteVarint(((ulong)fieldNumber << 3) | (int)WireType.LengthDelimited);
        WriteVarint((ulong)value.Length);
        _bytes.Write(value);
    }

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void WriteVarint(ulong value)
    {
        Span<byte> varint = stackalloc byte[10];
        _bytes.Write(varint[..WireWriter.WriteVarint(varint, value)]);
    }
}
