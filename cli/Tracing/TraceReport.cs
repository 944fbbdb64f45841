using System.Text.Json.Serialization;

namespace SentryOtel.Cli.Tracing;

/// <summary>Where data of a service go by one exporter.</summary>
/// <param name="Service">Value of the routing attribute.</param>
/// <param name="Exporter"><c>namespace/name</c>.</param>
/// <param name="Steps">In the order of the data's way.</param>
/// <param name="Arrives">Whether a span sent now would arrive; null when that can not be told.</param>
/// <param name="Verdict">The same in a sentence.</param>
internal sealed record TraceReport(string Service, string Exporter, IReadOnlyList<TraceStep> Steps, bool? Arrives, string Verdict);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TraceReport))]
internal sealed partial class TraceJsonContext : JsonSerializerContext;
