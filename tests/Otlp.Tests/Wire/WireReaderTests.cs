using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Tests.Wire;

public sealed class WireReaderTests
{
    [Fact]
    public void MoveNext_finds_each_field_and_its_value()
    {
        byte[] message = [0x08, 0x96, 0x01, 0x12, 0x02, 0x41, 0x42, 0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4];

        var fields = new WireReader(message);

        Assert.True(fields.MoveNext());
        Assert.Equal((1, WireType.Varint, 150UL), (fields.FieldNumber, fields.WireType, fields.Varint));
        Assert.True(fields.MoveNext());
        Assert.True(fields.IsMessage(2));
        Assert.Equal("AB"u8, fields.Value);
        Assert.Equal((3, 4, 7), (fields.FieldStart, fields.FieldLength, fields.FieldEnd));
        Assert.True(fields.MoveNext());
        Assert.Equal((3, WireType.Fixed64, 8), (fields.FieldNumber, fields.WireType, fields.ValueLength));
        Assert.True(fields.MoveNext());
        Assert.Equal((4, WireType.Fixed32, 4), (fields.FieldNumber, fields.WireType, fields.ValueLength));
        Assert.False(fields.MoveNext());
        Assert.Equal(OtlpError.None, fields.Error);
    }

    [Fact]
    public void Overlong_varints_are_legal_in_tags_lengths_and_values()
    {
        byte[] message = [0x92, 0x80, 0x00, 0x81, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x41];

        var fields = new WireReader(message);

        Assert.True(fields.MoveNext());
        Assert.True(fields.IsMessage(2));
        Assert.Equal("A"u8, fields.Value);
        Assert.False(fields.MoveNext());
        Assert.False(fields.Error.IsError);
    }

    [Theory]
    [InlineData(OtlpFault.Truncated, 0, "80")]
    [InlineData(OtlpFault.Truncated, 0, "09 01 02")]
    [InlineData(OtlpFault.Truncated, 0, "0D 01 02")]
    [InlineData(OtlpFault.Truncated, 1, "0A")]
    [InlineData(OtlpFault.Truncated, 3, "08 01 08")]
    [InlineData(OtlpFault.VarintTooLong, 1, "08 80 80 80 80 80 80 80 80 80 80 00")]
    [InlineData(OtlpFault.VarintTooLong, 1, "08 80 80 80 80 80 80 80 80 80 02")]
    [InlineData(OtlpFault.LengthBeyondEnd, 1, "0A 02 00")]
    [InlineData(OtlpFault.LengthBeyondEnd, 1, "0A FF FF FF FF 07")]
    [InlineData(OtlpFault.LengthTooLarge, 1, "0A 80 80 80 80 08")]
    [InlineData(OtlpFault.LengthTooLarge, 1, "0A FF FF FF FF FF FF FF FF FF 01")]
    [InlineData(OtlpFault.FieldNumberInvalid, 0, "02 00")]
    [InlineData(OtlpFault.FieldNumberInvalid, 0, "80 80 80 80 10 00")]
    [InlineData(OtlpFault.WireTypeInvalid, 2, "08 01 0E 00")]
    [InlineData(OtlpFault.WireTypeInvalid, 0, "0F 00")]
    [InlineData(OtlpFault.GroupUnbalanced, 0, "0C")]
    [InlineData(OtlpFault.GroupUnbalanced, 1, "0B 14")]
    [InlineData(OtlpFault.Truncated, 0, "0B 08 01")]
    public void Bad_bytes_are_an_error_with_its_place(OtlpFault fault, int offset, string hex)
    {
        var fields = new WireReader(Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal)));

        while (fields.MoveNext())
        {
        }

        Assert.Equal(new OtlpError(fault, offset), fields.Error);
        Assert.False(fields.MoveNext());
        Assert.Contains($"byte {offset}", fields.Error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_is_one_field_with_all_that_is_in_it()
    {
        byte[] message = [0x0B, 0x13, 0x08, 0x01, 0x14, 0x12, 0x01, 0x41, 0x0C, 0x18, 0x05];

        var fields = new WireReader(message);

        Assert.True(fields.MoveNext());
        Assert.Equal((1, WireType.StartGroup, 9), (fields.FieldNumber, fields.WireType, fields.FieldLength));
        Assert.True(fields.MoveNext());
        Assert.Equal((3, 5UL), (fields.FieldNumber, fields.Varint));
        Assert.False(fields.MoveNext());
        Assert.False(fields.Error.IsError);
    }

    [Theory]
    [InlineData(WireReader.MaxGroupDepth, OtlpFault.None)]
    [InlineData(WireReader.MaxGroupDepth + 1, OtlpFault.GroupTooDeep)]
    public void Groups_nest_up_to_a_limit(int depth, OtlpFault expected)
    {
        byte[] message = [.. Enumerable.Repeat((byte)0x0B, depth), .. Enumerable.Repeat((byte)0x0C, depth)];

        var fields = new WireReader(message);
        while (fields.MoveNext())
        {
        }

        Assert.Equal(expected, fields.Error.Fault);
    }

    [Fact]
    public void Errors_inside_an_entered_message_count_from_the_start_of_the_request()
    {
        byte[] message = [0x08, 0x01, 0x0A, 0x03, 0x08, 0x01, 0x02];
        var fields = new WireReader(message);
        Assert.True(fields.MoveNext());
        Assert.True(fields.MoveNext());

        var inner = fields.Enter();
        Assert.True(inner.MoveNext());
        Assert.False(inner.MoveNext());

        Assert.Equal(new OtlpError(OtlpFault.FieldNumberInvalid, 6), inner.Error);
    }
}
