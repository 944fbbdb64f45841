namespace SentryOtel.Demo.Telemetry;

/// <summary>What a service handed to the gateway.</summary>
/// <param name="Service">The sender.</param>
/// <param name="SpanIds">Span ids, 16 lower-case hex digits each.</param>
/// <param name="LogBodies">Log bodies, each of them unique.</param>
internal sealed record SentTelemetry(DemoService Service, IReadOnlyList<string> SpanIds, IReadOnlyList<string> LogBodies);
