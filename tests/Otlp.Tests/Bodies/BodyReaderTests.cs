using System.Buffers;
using System.IO.Pipelines;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Tests.Support;
using SentryOtel.Testing;

namespace SentryOtel.Otlp.Tests.Bodies;

public sealed class BodyReaderTests
{
    private static readonly byte[] Text = [.. Enumerable.Range(0, 300_000).Select(number => (byte)(number % 251))];

    public static TheoryData<ContentCoding, bool> Codings => new(
        from coding in Enum.GetValues<ContentCoding>() from announced in (bool[])[true, false] select (coding, announced));

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task Bodies_of_every_coding_are_read_whole(ContentCoding coding, bool announced)
    {
        var encoded = Encode(coding, Text);
        var buffer = new GrowingBuffer();

        var fault = await ReadAsync(encoded, announced, coding, new BodyLimits(Text.Length), buffer);

        Assert.Equal(BodyFault.None, fault);
        Assert.Equal(Text, buffer.Written);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_body_one_byte_above_the_decoded_limit_is_too_large(ContentCoding coding, bool announced)
    {
        var buffer = new GrowingBuffer();

        var fault = await ReadAsync(Encode(coding, Text), announced, coding, new BodyLimits(int.MaxValue - 1, Text.Length - 1), buffer);

        Assert.Equal(BodyFault.TooLarge, fault);
        Assert.InRange(buffer.Capacity, 0, Text.Length);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_body_one_byte_above_the_encoded_limit_is_too_large(ContentCoding coding, bool announced)
    {
        var encoded = Encode(coding, Text);

        var fault = await ReadAsync(encoded, announced, coding, new BodyLimits(encoded.Length - 1, int.MaxValue), new GrowingBuffer());

        Assert.Equal(BodyFault.TooLarge, fault);
    }

    [Fact]
    public async Task An_announced_plain_body_reserves_its_length_and_no_more()
    {
        var buffer = new GrowingBuffer();

        await ReadAsync(Text, announced: true, ContentCoding.Identity, new BodyLimits(64 << 20), buffer);

        Assert.Equal(Text.Length, buffer.Capacity);
    }

    [Fact]
    public async Task A_zip_bomb_costs_no_more_than_the_limit()
    {
        var bomb = Compression.Gzip(new byte[50 << 20]);
        var buffer = new GrowingBuffer();

        var fault = await ReadAsync(bomb, announced: true, ContentCoding.Gzip, new BodyLimits(1 << 20), buffer);

        Assert.Equal(BodyFault.TooLarge, fault);
        Assert.InRange(buffer.Capacity, 1, 1 << 20);
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task A_body_for_which_there_is_no_memory_is_refused(ContentCoding coding, bool announced)
    {
        var fault = await ReadAsync(Encode(coding, Text), announced, coding, new BodyLimits(64 << 20), new GrowingBuffer(limit: 100_000));

        Assert.Equal(BodyFault.NoRoom, fault);
    }

    [Fact]
    public async Task Gzip_of_several_members_is_read_whole()
    {
        byte[] encoded = [.. Compression.Gzip(Text[..1000]), .. Compression.Gzip(Text[1000..])];
        var buffer = new GrowingBuffer();

        var fault = await ReadAsync(encoded, announced: true, ContentCoding.Gzip, new BodyLimits(64 << 20), buffer);

        Assert.Equal(BodyFault.None, fault);
        Assert.Equal(Text, buffer.Written);
    }

    [Theory]
    [InlineData(ContentCoding.Gzip)]
    [InlineData(ContentCoding.Deflate)]
    [InlineData(ContentCoding.Brotli)]
    public async Task Compressed_data_that_is_cut_short_or_no_such_data_is_corrupt(ContentCoding coding)
    {
        var encoded = Encode(coding, Text);

        foreach (var announced in (bool[])[true, false])
        {
            Assert.Equal(BodyFault.Corrupt, await ReadAsync(encoded[..(encoded.Length / 2)], announced, coding, new BodyLimits(1 << 20), new GrowingBuffer()));
            Assert.Equal(BodyFault.Corrupt, await ReadAsync([.. "no compression at all"u8], announced, coding, new BodyLimits(1 << 20), new GrowingBuffer()));
        }
    }

    [Theory]
    [MemberData(nameof(Codings))]
    public async Task No_bytes_are_an_empty_body_in_every_coding(ContentCoding coding, bool announced)
    {
        var buffer = new GrowingBuffer();

        Assert.Equal(BodyFault.None, await ReadAsync([], announced, coding, new BodyLimits(1 << 20), buffer));
        Assert.Equal(0, buffer.Length);
    }

    [Fact]
    public async Task A_body_that_ends_before_its_announced_length_is_truncated()
    {
        var fault = await BodyReader.ReadAsync(
            PipeReader.Create(new ReadOnlySequence<byte>(Text)), Text.Length + 1, ContentCoding.Identity, new BodyLimits(1 << 20), new GrowingBuffer(), TestContext.Current.CancellationToken);

        Assert.Equal(BodyFault.Truncated, fault);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task What_follows_the_announced_length_is_left_in_the_body(int length)
    {
        var body = PipeReader.Create(new MemoryStream(Text));
        var buffer = new GrowingBuffer();

        var fault = await BodyReader.ReadAsync(body, length, ContentCoding.Identity, new BodyLimits(1 << 20), buffer, TestContext.Current.CancellationToken);

        Assert.Equal(BodyFault.None, fault);
        Assert.Equal(Text[..length], buffer.Written);
        Assert.Equal(Text[length..], (await body.ReadAtLeastAsync(Text.Length, TestContext.Current.CancellationToken)).Buffer.ToArray());
    }

    [Theory]
    [InlineData(ContentCoding.Identity, true)]
    [InlineData(ContentCoding.Identity, false)]
    [InlineData(ContentCoding.Gzip, true)]
    [InlineData(ContentCoding.Deflate, false)]
    public async Task A_read_that_is_cancelled_from_outside_ends_as_cancelled(ContentCoding coding, bool announced)
    {
        var pipe = new Pipe();
        await pipe.Writer.WriteAsync(Encode(coding, Text).AsMemory(0, 100), TestContext.Current.CancellationToken);
        var reading = BodyReader.ReadAsync(
            pipe.Reader, announced ? 1000 : null, coding, new BodyLimits(1 << 20), new GrowingBuffer(), TestContext.Current.CancellationToken).AsTask();

        pipe.Reader.CancelPendingRead();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_plain_body_that_is_there_costs_no_memory_but_its_own(bool announced)
    {
        // A debug build makes an object of each state machine.
        Assert.InRange(await Allocations.UsualAsync(MeasureAsync), 0, 500);

        async Task<long> MeasureAsync()
        {
            var body = PipeReader.Create(new ReadOnlySequence<byte>(Text));
            var buffer = new GrowingBuffer();
            buffer.TryReserve(Text.Length);
            var token = TestContext.Current.CancellationToken;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var reading = BodyReader.ReadAsync(
                body, announced ? Text.Length : null, ContentCoding.Identity, new BodyLimits(1 << 20), buffer, token);
            var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(reading.IsCompleted);
            Assert.Equal((BodyFault.None, Text.Length), (await reading, buffer.Length));
            return bytes;
        }
    }

    [Theory]
    [InlineData(null, ContentCoding.Identity)]
    [InlineData("", ContentCoding.Identity)]
    [InlineData("identity", ContentCoding.Identity)]
    [InlineData(" GZip ", ContentCoding.Gzip)]
    [InlineData("x-gzip", ContentCoding.Gzip)]
    [InlineData("deflate", ContentCoding.Deflate)]
    [InlineData("br", ContentCoding.Brotli)]
    public void Known_codings_are_parsed(string? name, ContentCoding expected)
    {
        Assert.True(ContentCodings.TryParse(name, out var coding));
        Assert.Equal(expected, coding);
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    public void Unknown_codings_are_not(string name) => Assert.False(ContentCodings.TryParse(name, out _));

    private static byte[] Encode(ContentCoding coding, byte[] bytes) => coding switch
    {
        ContentCoding.Gzip => Compression.Gzip(bytes),
        ContentCoding.Deflate => Compression.Deflate(bytes),
        ContentCoding.Brotli => Compression.Brotli(bytes),
        _ => bytes,
    };

    private static async Task<BodyFault> ReadAsync(
        byte[] encoded, bool announced, ContentCoding coding, BodyLimits limits, GrowingBuffer buffer)
    {
        // A stream comes in pieces, as a body does.
        using var body = new MemoryStream(encoded);
        return await BodyReader.ReadAsync(
            PipeReader.Create(body), announced ? encoded.Length : null, coding, limits, buffer, TestContext.Current.CancellationToken);
    }
}
