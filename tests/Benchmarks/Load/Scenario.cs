using SentryOtel.Benchmarks.Otlp;
using SentryOtel.Otlp;

namespace SentryOtel.Benchmarks.Load;

/// <summary>One kind of load.</summary>
/// <param name="Name">As in the report.</param>
/// <param name="IsGrpc">OTLP/gRPC instead of OTLP/HTTP.</param>
/// <param name="IsGzip">Whether clients compress.</param>
/// <param name="Signal">Traces or logs.</param>
/// <param name="Services">Services that share a request.</param>
/// <param name="ItemsPerService">Spans or log records of each.</param>
/// <param name="Target">Items per CPU-second on the machine of the targets.</param>
/// <param name="TargetRatio">The same, as a ratio to nginx that forwards the bytes; null where none is set.</param>
internal sealed record Scenario(
    string Name, bool IsGrpc, bool IsGzip, OtlpSignal Signal, int Services, int ItemsPerService, double Target, double? TargetRatio)
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("http-gzip", false, true, OtlpSignal.Traces, 1, 100, 440_000, 0.115),
        new("http-plain", false, false, OtlpSignal.Traces, 1, 100, 480_000, 0.25),
        new("grpc-gzip", true, true, OtlpSignal.Traces, 1, 100, 550_000, null),
        new("grpc-plain", true, false, OtlpSignal.Traces, 1, 100, 650_000, null),
        new("sixteen-gzip", false, true, OtlpSignal.Traces, 16, 50, 500_000, null),
        new("logs-gzip", false, true, OtlpSignal.Logs, 1, 200, 800_000, null),
    ];

    /// <summary>Items of a request.</summary>
    public int Items => Services * ItemsPerService;

    /// <summary>Where it is posted.</summary>
    public string Path => (IsGrpc, Signal) switch
    {
        (true, OtlpSignal.Traces) => "/opentelemetry.proto.collector.trace.v1.TraceService/Export",
        (true, _) => "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        (false, OtlpSignal.Traces) => "/v1/traces",
        _ => "/v1/logs",
    };

    /// <summary>One of its requests, uncompressed; the same for the same number.</summary>
    public byte[] Request(int number) => Signal == OtlpSignal.Logs
        ? SampleRequest.Logs(Services, ItemsPerService, number)
        : SampleRequest.Traces(Services, ItemsPerService, number);
}
