using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>
/// What it costs to compress 1024 spans in pieces, as requests bring them: by the runtime's zlib, with a state to set up for each piece, and by our own writer. Half a megabyte of
/// different data, since a processor learns a small input by heart when it comes again and again.
/// </summary>
public class DeflateBenchmarks
{
    private readonly byte[] _request = SampleRequest.Traces(1, 1024);
    private readonly byte[] _output = new byte[1 << 20];

    /// <summary>Bytes of a piece.</summary>
    [Params(5_000, 25_000, 50_000, 500_000)]
    public int Piece { get; set; }

    [Benchmark(Baseline = true)]
    public long Zlib()
    {
        var length = 0L;
        for (var at = 0; at < _request.Length; at += Piece)
        {
            using var output = new MemoryStream(_output);
            using (var deflate = new DeflateStream(output, CompressionLevel.Fastest, leaveOpen: true))
            {
                deflate.Write(PieceAt(at));
            }

            length += output.Position;
        }

        return length;
    }

    [Benchmark]
    public long Own()
    {
        var length = 0L;
        for (var at = 0; at < _request.Length; at += Piece)
        {
            length += DeflateBlocks.Compress(PieceAt(at), _output);
        }

        return length;
    }

    private ReadOnlySpan<byte> PieceAt(int at) => _request.AsSpan(at, Math.Min(Piece, _request.Length - at));
}
