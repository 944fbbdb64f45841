using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Controllers;

/// <summary>A kind of the tests' own.</summary>
[KubernetesEntity(Group = "test.dev", ApiVersion = "v1", Kind = "Widget", PluralName = "widgets")]
internal sealed class Widget : IKubernetesObject
{
    public string ApiVersion { get; set; } = "test.dev/v1";

    public string Kind { get; set; } = "Widget";

    public V1ObjectMeta Metadata { get; set; } = new();

    public int Size { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Widget))]
internal sealed partial class WidgetJsonContext : JsonSerializerContext;
