using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using SentryOtel.Benchmarks.Load;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp.Deflate;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>
/// What a batch of eighty gzip requests of 100 spans costs: inflating them, by our own inflater or the runtime's zlib, and making one gzip member of them, by
/// joining their deflate blocks or by compressing anew.
/// </summary>
[MemoryDiagnoser]
public class BatchBenchmarks
{
    private const int Requests = 80;

    private readonly GzipMember _reader = new();
    private readonly byte[] _inflated = new byte[128 * 1024];
    private byte[][] _gzip = [];
    private ReadOnlyMemory<byte>[] _plain = [];
    private (ReadOnlyMemory<byte> Blocks, uint Checksum, int Length)[] _blocks = [];

    [GlobalSetup]
    public void Setup()
    {
        _plain = [.. Enumerable.Range(0, Requests).Select(number => new ReadOnlyMemory<byte>(SampleRequest.Traces(1, 100, number)))];
        _gzip = [.. _plain.Select(plain => Payload.Compress(plain.ToArray()))];
        _blocks = [.. _gzip.Select(Open)];
    }

    [Benchmark(Baseline = true)]
    public long CompressAnew()
    {
        using var batch = new ChunkedBody(BodyPool.Process);
        new GzipJoin(batch).Complete(_plain);
        return batch.Length;
    }

    [Benchmark]
    public long Join()
    {
        using var batch = new ChunkedBody(BodyPool.Process);
        var join = new GzipJoin(batch);
        foreach (var (blocks, checksum, length) in _blocks)
        {
            join.Append(blocks.Span, checksum, length);
        }

        join.Complete([]);
        return batch.Length;
    }

    [Benchmark]
    public int Inflate() => _gzip.Sum(body => Read(body).Length);

    [Benchmark]
    public int InflateByZlib()
    {
        var total = 0;
        foreach (var body in _gzip)
        {
            using var gzip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
            total += gzip.ReadAtLeast(_inflated, _inflated.Length, throwOnEndOfStream: false);
        }

        return total;
    }

    private (ReadOnlyMemory<byte> Blocks, uint Checksum, int Length) Open(byte[] body)
    {
        var content = Read(body);
        byte[] member = [.. body];
        return (member.AsMemory(content.Start, content.Open(member)), content.Checksum, content.Length);
    }

    private GzipContent Read(byte[] body) =>
        GzipMember.TryReadLength(body, out var length) && _reader.TryInflate(body, _inflated, length, out var content)
            ? content
            : throw new InvalidOperationException("A request was not read.");
}
