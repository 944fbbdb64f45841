using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Otlp.Tests.Deflate;

public sealed class Crc32Tests
{
    [Fact]
    public void The_check_value_of_the_catalogue_is_met() => Assert.Equal(0xCBF43926u, Crc32.Compute("123456789"u8));

    [Fact]
    public void Any_bytes_have_the_checksum_of_the_definition() =>
        Prop.ForAll(GzipBodies.Bytes().ToArbitrary(), bytes => Crc32.Compute(bytes) == ByDefinition(bytes)).QuickCheckThrowOnFailure();

    [Fact]
    public void Pieces_combine_to_the_checksum_of_the_whole() =>
        Prop.ForAll(
            GzipBodies.Bytes().ToArbitrary(),
            GzipBodies.Bytes().ToArbitrary(),
            (first, second) =>
                Crc32.Combine(Crc32.Compute(first), Crc32.Compute(second), second.Length) == ByDefinition([.. first, .. second])
                && Crc32.Append(Crc32.Compute(first), second) == ByDefinition([.. first, .. second]))
            .QuickCheckThrowOnFailure();

    private static uint ByDefinition(byte[] bytes)
    {
        var state = uint.MaxValue;
        foreach (var each in bytes)
        {
            state ^= each;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ 0xEDB88320 : state >> 1;
            }
        }

        return ~state;
    }
}
