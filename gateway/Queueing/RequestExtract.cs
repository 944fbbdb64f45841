using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Gateway.Queueing;

/// <summary>Takes what a request holds for one project out of it, into memory of its own, so that no project keeps what is for others.</summary>
internal static class RequestExtract
{
    /// <summary>Bytes from which on compressing at once is worth setting a compressor up.</summary>
    public const int SmallestToCompress = 4096;

    private const int LargestKeptScratch = 256 * 1024;

    [ThreadStatic]
    private static MemoryStream? _scratch;

    /// <summary>Compresses ranges of a request, at the fastest level.</summary>
    /// <param name="ranges">In the order of the request.</param>
    /// <param name="admission">Accounts for the compressed bytes.</param>
    public static GzipBody Compress(IReadOnlyList<ReadOnlyMemory<byte>> ranges, Admission admission)
    {
        var scratch = _scratch ??= new MemoryStream();
        var (checksum, length) = DeflateBlocks.Write(ranges, scratch);
        var blocks = Own(scratch.GetBuffer().AsSpan(0, (int)scratch.Length), admission);
        scratch.SetLength(0);
        if (scratch.Capacity > LargestKeptScratch)
        {
            _scratch = null;
        }

        return new GzipBody(blocks, 0, blocks.Memory.Length, checksum, length);
    }

    /// <summary>Copies ranges of a request, one behind the other.</summary>
    /// <param name="ranges">In the order of the request.</param>
    /// <param name="bytes">Of all ranges together.</param>
    /// <param name="admission">Accounts for the copy.</param>
    public static BufferLease Copy(IReadOnlyList<ReadOnlyMemory<byte>> ranges, int bytes, Admission admission)
    {
        var array = BodyPool.Process.Rent(bytes);
        var at = 0;
        foreach (var range in ranges)
        {
            range.Span.CopyTo(array.AsSpan(at));
            at += range.Length;
        }

        return RequestBuffer.Own(array, bytes, admission.Take(array.Length), BodyPool.Process);
    }

    private static BufferLease Own(ReadOnlySpan<byte> bytes, Admission admission)
    {
        var array = BodyPool.Process.Rent(bytes.Length);
        bytes.CopyTo(array);
        return RequestBuffer.Own(array, bytes.Length, admission.Take(array.Length), BodyPool.Process);
    }
}
