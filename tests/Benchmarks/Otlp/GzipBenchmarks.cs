using System.IO.Compression;
using BenchmarkDotNet.Attributes;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>What gzip costs on a batch of 1024 spans: by far the most of the way through a gateway.</summary>
[MemoryDiagnoser]
public class GzipBenchmarks
{
    private readonly byte[] _request = SampleRequest.Traces(1, 1024);
    private readonly byte[] _output = new byte[4 << 20];
    private readonly byte[] _inflated = new byte[4 << 20];
    private byte[] _compressed = [];

    [GlobalSetup]
    public void Setup()
    {
        var length = Compress(CompressionLevel.Fastest);
        _compressed = _output[..(int)length];
    }

    [Benchmark(Baseline = true)]
    public long CompressFastest() => Compress(CompressionLevel.Fastest);

    [Benchmark]
    public long CompressOptimal() => Compress(CompressionLevel.Optimal);

    [Benchmark]
    public int Decompress()
    {
        using var gzip = new GZipStream(new MemoryStream(_compressed), CompressionMode.Decompress);
        return gzip.ReadAtLeast(_inflated, _inflated.Length, throwOnEndOfStream: false);
    }

    private long Compress(CompressionLevel level)
    {
        using var output = new MemoryStream(_output);
        using (var gzip = new GZipStream(output, level, leaveOpen: true))
        {
            gzip.Write(_request);
        }

        return output.Position;
    }
}
