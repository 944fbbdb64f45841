using FsCheck;
using FsCheck.Fluent;
using Google.Protobuf;
using SentryOtel.Otlp.Deflate;
using SentryOtel.Otlp.Tests.Support;

namespace SentryOtel.Otlp.Tests.Deflate;

public sealed class DeflateBlocksTests
{
    [Fact]
    public void Blocks_join_to_one_member_that_holds_all_of_them() =>
        Prop.ForAll(GzipBodies.Bytes().ListOf(6).ToArbitrary(), bodies =>
            GzipBodies.Decompress(Join([.. bodies])) is { } all && all.AsSpan().SequenceEqual(bodies.SelectMany(body => body).ToArray()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400));

    [Theory]
    [InlineData(32 * 1024)]
    [InlineData(32 * 1024 + 1)]
    [InlineData(5)]
    [InlineData(1)]
    public void Copies_reach_as_far_back_as_deflate_allows_and_no_further(int distance)
    {
        // Noise, and the same again so far behind its start.
        var noise = new byte[distance];
        new Random(distance).NextBytes(noise);
        byte[] body = [.. noise, .. noise, .. noise];

        Assert.Equal(body, GzipBodies.Decompress(Join([body])));
    }

    [Fact]
    public void Every_length_of_a_copy_and_every_byte_come_back()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];
        byte[] body = [.. Enumerable.Range(3, 300).SelectMany(length => (byte[])[.. all, .. Enumerable.Repeat((byte)length, length), .. all.Take(length)])];

        Assert.Equal(body, GzipBodies.Decompress(Join([body])));
    }

    [Fact]
    public void Noise_is_stored_and_takes_no_more_room_than_it_must()
    {
        var noise = new byte[200_000];
        new Random(7).NextBytes(noise);
        var output = new byte[DeflateBlocks.MaxLength(noise.Length)];

        var length = DeflateBlocks.Compress(noise, output);

        Assert.InRange(length, noise.Length, noise.Length + 20);
        Assert.Equal(noise, GzipBodies.Decompress(Join([noise])));
    }

    [Fact]
    public void Telemetry_compresses_as_with_the_fastest_level_of_zlib()
    {
        var body = Telemetry();
        var output = new byte[DeflateBlocks.MaxLength(body.Length)];
        var zlib = GzipBodies.Compress(body, new System.IO.Compression.ZLibCompressionOptions { CompressionLevel = 1 });

        Assert.InRange(DeflateBlocks.Compress(body, output), 1, zlib.Length * 1.1);
    }

    [Fact]
    public void Output_that_may_be_too_small_is_refused_before_anything_is_written() =>
        Assert.Throws<ArgumentException>(() => DeflateBlocks.Compress(new byte[100], new byte[100]));

    // Spans as a service sends them: names and keys repeat, ids and times do not.
    private static byte[] Telemetry()
    {
        var random = new Random(3);
        var record = Requests.Record("orders", spans: 400);
        foreach (var span in record.ScopeSpans[0].Spans)
        {
            var ids = new byte[24];
            random.NextBytes(ids);
            span.TraceId = ByteString.CopyFrom(ids, 0, 16);
            span.SpanId = ByteString.CopyFrom(ids, 16, 8);
            span.StartTimeUnixNano = 1_700_000_000_000_000_000 + (ulong)random.NextInt64(1_000_000_000);
            span.EndTimeUnixNano = span.StartTimeUnixNano + (ulong)random.Next(100_000_000);
            span.Attributes.Add(Requests.Attribute("http.request.method", Requests.Text("GET")));
            span.Attributes.Add(Requests.Attribute("url.path", Requests.Text($"/orders/{random.Next(1_000_000)}")));
            span.Attributes.Add(Requests.Attribute("http.route", Requests.Text("/orders/{id}")));
            span.Attributes.Add(Requests.Attribute("server.address", Requests.Text("orders.shop.svc.cluster.local")));
        }

        return Requests.Traces(record);
    }

    private static byte[] Join(IReadOnlyList<byte[]> bodies)
    {
        using var output = new MemoryStream();
        var join = new GzipJoin(output);
        foreach (var body in bodies)
        {
            var blocks = new byte[DeflateBlocks.MaxLength(body.Length)];
            join.Append(blocks.AsSpan(0, DeflateBlocks.Compress(body, blocks)), Crc32.Append(0, body), body.Length);
        }

        join.Complete([]);
        return output.ToArray();
    }
}
