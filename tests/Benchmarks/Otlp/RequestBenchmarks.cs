using System.Buffers;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Batching;
using SentryOtel.Otlp.Slicing;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>What routing a request costs when it is sliced, against decoding it, which routing would otherwise need.</summary>
[MemoryDiagnoser]
public class RequestBenchmarks
{
    private readonly RequestSlicer _slicer = new("service.name");
    private readonly RoutingValueDecoder _decoder = new();
    private readonly List<RequestSlice> _slices = [];
    private readonly ArrayBufferWriter<byte> _output = new(8 << 20);
    private byte[] _request = [];
    private ExportTraceServiceRequest _decoded = new();

    /// <summary>How many services share the request.</summary>
    [Params(1, 16)]
    public int Resources { get; set; }

    /// <summary>Builds a request of 1024 spans.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _request = SampleRequest.Traces(Resources, 1024 / Resources);
        _decoded = Decode();
    }

    [Benchmark(Baseline = true)]
    public ExportTraceServiceRequest Decode() => ExportTraceServiceRequest.Parser.ParseFrom(_request);

    [Benchmark]
    public byte[] Encode() => _decoded.ToByteArray();

    [Benchmark]
    public int Slice()
    {
        var routed = _slicer.Slice(OtlpSignal.Traces, _request, _slices).Items;
        foreach (var slice in _slices)
        {
            routed += _decoder.Decode(slice.Route, _request)!.Length;
        }

        return routed;
    }

    [Benchmark]
    public int SliceAndConcatenate()
    {
        _slicer.Slice(OtlpSignal.Traces, _request, _slices);
        _output.ResetWrittenCount();
        foreach (var slice in _slices)
        {
            _output.Write(slice.In(_request).Span);
        }

        return _output.WrittenCount;
    }

    [Benchmark]
    public int SplitIntoPartsOf100()
    {
        var parts = new List<ExportPart>();
        RequestSplitter.Split(OtlpSignal.Traces, _request, new SplitLimits(MaxItems: 100), parts);
        return parts.Count;
    }
}
