using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Serialization;

/// <summary>Serialisers for the entities of this library, made at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(V1ConfigMap))]
[JsonSerializable(typeof(V1ConfigMapMetadata))]
[JsonSerializable(typeof(V1CronJob))]
[JsonSerializable(typeof(V1CustomResourceDefinitionMetadata))]
[JsonSerializable(typeof(V1DaemonSet))]
[JsonSerializable(typeof(V1Deployment))]
[JsonSerializable(typeof(V1Event))]
[JsonSerializable(typeof(V1Job))]
[JsonSerializable(typeof(V1Lease))]
[JsonSerializable(typeof(V1Namespace))]
[JsonSerializable(typeof(V1NamespaceMetadata))]
[JsonSerializable(typeof(V1Node))]
[JsonSerializable(typeof(V1ObjectMeta))]
[JsonSerializable(typeof(V1Pod))]
[JsonSerializable(typeof(V1ReplicaSet))]
[JsonSerializable(typeof(V1Scale))]
[JsonSerializable(typeof(V1Secret))]
[JsonSerializable(typeof(V1PodMetadata))]
[JsonSerializable(typeof(V1SecretMetadata))]
[JsonSerializable(typeof(V1Service))]
[JsonSerializable(typeof(V1ServiceAccount))]
[JsonSerializable(typeof(V1StatefulSet))]
[JsonSerializable(typeof(V1Status))]
[JsonSerializable(typeof(V1beta1CronJob))]
[JsonSerializable(typeof(JsonObject))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class KubernetesJsonContext : JsonSerializerContext;
