using System.Text;
using System.Text.Json.Nodes;
using BenchmarkDotNet.Attributes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Json;

namespace SentryOtel.Benchmarks.Otlp;

/// <summary>What a request in JSON costs that is written as protobuf field by field, against one that is made objects first.</summary>
[MemoryDiagnoser]
public class JsonBenchmarks
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true));
    private static readonly Admission Room = new(1L << 30);

    private string _protobufJson = string.Empty;
    private byte[] _json = [];

    /// <summary>Builds a request of 1024 spans. Protobuf's JSON has ids in base64, OTLP's in hex; all else is the same.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _protobufJson = Formatter.Format(ExportTraceServiceRequest.Parser.ParseFrom(SampleRequest.Traces(1, 1024)));
        var request = JsonNode.Parse(_protobufJson)!;
        foreach (var span in request["resourceSpans"]![0]!["scopeSpans"]![0]!["spans"]!.AsArray())
        {
            foreach (var id in (string[])["traceId", "spanId", "parentSpanId"])
            {
                span![id] = Convert.ToHexStringLower(Convert.FromBase64String((string)span[id]!));
            }
        }

        _json = Encoding.UTF8.GetBytes(request.ToJsonString());
    }

    [Benchmark(Baseline = true)]
    public byte[] ParseAndEncode() => JsonParser.Default.Parse<ExportTraceServiceRequest>(_protobufJson).ToByteArray();

    [Benchmark]
    public int Transcode()
    {
        using var body = new PooledBody(Room, BodyPool.Process);
        var conversion = OtlpJson.Convert(OtlpSignal.Traces, _json, body);
        return conversion is { Error: null, NoRoom: false } ? body.Length : throw new InvalidOperationException($"The request was not taken: {conversion}.");
    }
}
