using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Configuration;

/// <summary>Where the gateway sends telemetry of its own over OTLP.</summary>
/// <param name="Metrics">Each with its own interval.</param>
/// <param name="Traces">Each with its own queue.</param>
/// <param name="SampleRatio">Share of traces that are kept, 0 to 1.</param>
/// <param name="Resource">Attributes that describe the gateway, over its own; a null value takes one away.</param>
internal sealed record TelemetryPushConfiguration(
    IReadOnlyList<MetricsPushConfiguration> Metrics, IReadOnlyList<TracesPushConfiguration> Traces, double SampleRatio, IReadOnlyDictionary<string, string?> Resource);

/// <summary>An OTLP endpoint for telemetry of the gateway's own.</summary>
/// <param name="Address">For OTLP/HTTP with its path.</param>
/// <param name="IsGrpc">OTLP/gRPC; else OTLP/HTTP with protobuf.</param>
/// <param name="Headers">Added to every request.</param>
/// <param name="Gzip">Whether requests are compressed.</param>
/// <param name="Timeout">Bound of one request. 10 s.</param>
internal sealed record PushTarget(Uri Address, bool IsGrpc, IReadOnlyDictionary<string, Secret> Headers, bool Gzip, TimeSpan Timeout);

/// <summary><c>service.telemetry.metrics.readers[].periodic</c>.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Interval">60 s.</param>
/// <param name="Timeout">Bound of a collection with its export. 30 s.</param>
/// <param name="Delta">Differences instead of sums since the start.</param>
internal sealed record MetricsPushConfiguration(PushTarget Target, TimeSpan Interval, TimeSpan Timeout, bool Delta);

/// <summary><c>service.telemetry.traces.processors[].batch</c>.</summary>
/// <param name="Target">Where to.</param>
/// <param name="Delay">Longest time that a span waits for others. 5 s.</param>
/// <param name="Timeout">Bound of an export. 30 s.</param>
/// <param name="MaxQueueSize">Spans that may wait. 2048.</param>
/// <param name="MaxBatchSize">Spans of one request. 512.</param>
internal sealed record TracesPushConfiguration(PushTarget Target, TimeSpan Delay, TimeSpan Timeout, int MaxQueueSize, int MaxBatchSize);
