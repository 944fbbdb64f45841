using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Gateway.Queueing;

/// <summary>Takes what a request holds for one project out of it, into memory of its own, so that no project keeps what is for others.</summary>
internal static class RequestExtract
{
    /// <summary>Bytes from which on compressing at once is worth it: smaller pieces find too little to repeat.</summary>
    public const int SmallestToCompress = 4096;

    private static readonly BodyPool Pool = BodyPool.Process;

    /// <summary>Compresses ranges of a request.</summary>
    /// <param name="ranges">In the order of the request.</param>
    /// <param name="bytes">Of all ranges together.</param>
    /// <param name="admission">Accounts for the compressed bytes.</param>
    public static GzipBody Compress(IReadOnlyList<ReadOnlyMemory<byte>> ranges, int bytes, Admission admission)
    {
        if (ranges.Count == 1)
        {
            return Compress(ranges[0].Span, admission);
        }

        var joined = Join(ranges, bytes);
        try
        {
            return Compress(joined.AsSpan(0, bytes), admission);
        }
        finally
        {
            Pool.Return(joined);
        }
    }

    /// <summary>Copies ranges of a request, one behind the other.</summary>
    /// <param name="ranges">In the order of the request.</param>
    /// <param name="bytes">Of all ranges together.</param>
    /// <param name="admission">Accounts for the copy.</param>
    public static BufferLease Copy(IReadOnlyList<ReadOnlyMemory<byte>> ranges, int bytes, Admission admission) =>
        Own(Join(ranges, bytes), bytes, admission);

    private static GzipBody Compress(ReadOnlySpan<byte> plain, Admission admission)
    {
        var scratch = Pool.Rent(DeflateBlocks.MaxLength(plain.Length));
        var length = DeflateBlocks.Compress(plain, scratch);
        var blocks = Pool.Rent(length);
        scratch.AsSpan(0, length).CopyTo(blocks);
        Pool.Return(scratch);
        return new GzipBody(Own(blocks, length, admission), 0, length, Crc32.Append(0, plain), plain.Length);
    }

    private static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> ranges, int bytes)
    {
        var array = Pool.Rent(bytes);
        var at = 0;
        for (var index = 0; index < ranges.Count; index++)
        {
            ranges[index].Span.CopyTo(array.AsSpan(at));
            at += ranges[index].Length;
        }

        return array;
    }

    private static BufferLease Own(byte[] array, int length, Admission admission) =>
        RequestBuffer.Own(array, length, admission.Take(array.Length), Pool);
}
