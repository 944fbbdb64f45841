using FsCheck;
using FsCheck.Fluent;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Otlp.Tests.Deflate;

public sealed class DeflateBlocksTests
{
    [Fact]
    public void Blocks_join_to_one_member_that_holds_all_of_them() =>
        Prop.ForAll(GzipBodies.Bytes().ListOf(6).ToArbitrary(), bodies =>
        {
            using var output = new MemoryStream();
            var join = new GzipJoin(output);
            foreach (var body in bodies)
            {
                using var blocks = new MemoryStream();
                var (checksum, length) = DeflateBlocks.Write(Halves(body), blocks);
                join.Append(blocks.ToArray(), checksum, length);
            }

            join.Complete([]);
            return GzipBodies.Decompress(output.ToArray())?.AsSpan().SequenceEqual(bodies.SelectMany(body => body).ToArray()) == true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void Blocks_are_written_behind_what_is_there()
    {
        using var output = new MemoryStream();
        output.Write([1, 2, 3]);

        DeflateBlocks.Write([new byte[5000]], output);

        Assert.Equal([1, 2, 3], output.ToArray()[..3]);
        Assert.Equal([0, 0, 0xFF, 0xFF], output.ToArray()[^4..]);
    }

    private static ReadOnlyMemory<byte>[] Halves(byte[] body) => [body.AsMemory(0, body.Length / 2), body.AsMemory(body.Length / 2)];
}
