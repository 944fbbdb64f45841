using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SentryOtel.Kubernetes.Serialization;

/// <summary>How objects are written for, and read from, the API server.</summary>
public static class KubernetesJson
{
    /// <summary>
    /// Options with the entities of this library and those of <paramref name="resolvers"/>: camelCase, nulls left out
    /// (a null in an apply body would mean "set to null"), times in the API's form, text escaped so that the server's
    /// YAML parser reads it back unchanged.
    /// </summary>
    public static JsonSerializerOptions CreateOptions(params IEnumerable<IJsonTypeInfoResolver> resolvers)
    {
        ArgumentNullException.ThrowIfNull(resolvers);
        var options = new JsonSerializerOptions
        {
            TypeInfoResolver = JsonTypeInfoResolver.Combine([.. resolvers, KubernetesJsonContext.Default]),
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            Encoder = ApplyEncoder.Instance,
            Converters = { new TimeConverter() },
        };
        options.MakeReadOnly();
        return options;
    }
}
