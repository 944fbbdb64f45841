using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Crds;

/// <summary>JSON of the custom resources without reflection: camelCase, absent values left out.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(SentryExporter))]
[JsonSerializable(typeof(SentryProjectRoute))]
[JsonSerializable(typeof(List<SentryExporter>))]
[JsonSerializable(typeof(List<SentryProjectRoute>))]
public sealed partial class CrdJsonContext : JsonSerializerContext;
