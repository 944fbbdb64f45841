using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Operator.Discovery;

/// <summary>Metadata of a Deployment.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "Deployment", PluralName = "deployments")]
internal sealed class DeploymentMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a StatefulSet.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "StatefulSet", PluralName = "statefulsets")]
internal sealed class StatefulSetMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a DaemonSet.</summary>
[KubernetesEntity(Group = "apps", ApiVersion = "v1", Kind = "DaemonSet", PluralName = "daemonsets")]
internal sealed class DaemonSetMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a CronJob.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1", Kind = "CronJob", PluralName = "cronjobs")]
internal sealed class CronJobMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a CronJob, as served before 1.21.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1beta1", Kind = "CronJob", PluralName = "cronjobs")]
internal sealed class V1beta1CronJobMetadata : V1PartialObjectMetadata;

/// <summary>Metadata of a Job.</summary>
[KubernetesEntity(Group = "batch", ApiVersion = "v1", Kind = "Job", PluralName = "jobs")]
internal sealed class JobMetadata : V1PartialObjectMetadata;

/// <summary>Serialisers of workloads.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(TimeConverter)])]
[JsonSerializable(typeof(DeploymentMetadata))]
[JsonSerializable(typeof(StatefulSetMetadata))]
[JsonSerializable(typeof(DaemonSetMetadata))]
[JsonSerializable(typeof(CronJobMetadata))]
[JsonSerializable(typeof(V1beta1CronJobMetadata))]
[JsonSerializable(typeof(JobMetadata))]
[JsonSerializable(typeof(TemplatedDeployment))]
[JsonSerializable(typeof(TemplatedStatefulSet))]
[JsonSerializable(typeof(TemplatedDaemonSet))]
[JsonSerializable(typeof(TemplatedCronJob))]
[JsonSerializable(typeof(TemplatedV1beta1CronJob))]
[JsonSerializable(typeof(TemplatedJob))]
internal sealed partial class WorkloadJsonContext : JsonSerializerContext;
