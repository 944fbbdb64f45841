using System.IO.Compression;
using BenchmarkDotNet.Attributes;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Checking;
using SentryOtel.Otlp.Slicing;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>What looking at every record's ids and size costs, beside the cheapest way through the gateway that there is: slice, copy, compress.</summary>
[MemoryDiagnoser]
[MinColumn]
public class CheckBenchmarks
{
    private readonly RequestSlicer _slicer = new("service.name");
    private readonly List<RequestSlice> _slices = [];
    private readonly byte[] _request = SampleRequest.Traces(1, 1024);
    private readonly byte[] _copy = new byte[4 << 20];
    private readonly byte[] _output = new byte[4 << 20];

    [Benchmark(Baseline = true)]
    public long SliceCopyAndCompress()
    {
        var items = _slicer.Slice(OtlpSignal.Traces, _request, _slices).Items;
        _request.CopyTo(_copy, 0);
        using var output = new MemoryStream(_output);
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(_copy, 0, _request.Length);
        }

        return items + output.Position;
    }

    [Benchmark]
    public int Slice() => _slicer.Slice(OtlpSignal.Traces, _request, _slices).Items;

    [Benchmark]
    public int Check() => RecordCheck.Check(OtlpSignal.Traces, _request, RecordLimits.Sentry).Refused;
}
