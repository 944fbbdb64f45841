using System.Text.Json;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster.Objects;

/// <summary>A Pod with what a kubelet reads of it (Kubernetes API reference, Pod v1).</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Pod", PluralName = "pods")]
internal sealed class PodObject : IKubernetesObject
{
    public string ApiVersion { get; set; } = "v1";

    public string Kind { get; set; } = "Pod";

    public V1ObjectMeta Metadata { get; set; } = new();

    public PodSpec Spec { get; set; } = new();

    internal string Namespace => Metadata.Namespace ?? string.Empty;

    internal string Name => Metadata.Name ?? string.Empty;

    internal string Uid => Metadata.Uid ?? string.Empty;
}

internal sealed class PodSpec
{
    public string? NodeName { get; set; }

    public string ServiceAccountName { get; set; } = "default";

    public string RestartPolicy { get; set; } = "Always";

    public IList<JsonElement> InitContainers { get; set; } = [];

    public IList<Container> Containers { get; set; } = [];

    public IList<Volume> Volumes { get; set; } = [];
}

internal sealed class Container
{
    public string Name { get; set; } = string.Empty;

    public string Image { get; set; } = string.Empty;

    public IList<string> Command { get; set; } = [];

    public IList<string> Args { get; set; } = [];

    public string? WorkingDir { get; set; }

    public IList<EnvironmentVariable> Env { get; set; } = [];

    public IList<EnvironmentFromSource> EnvFrom { get; set; } = [];

    public IList<PodPort> Ports { get; set; } = [];

    public IList<VolumeMount> VolumeMounts { get; set; } = [];

    public Probe? StartupProbe { get; set; }

    public Probe? ReadinessProbe { get; set; }

    public Probe? LivenessProbe { get; set; }

    public JsonElement? Lifecycle { get; set; }
}

internal sealed record PodPort(string? Name, int ContainerPort);

internal sealed record VolumeMount(string Name, string MountPath, string? SubPath);

internal sealed record EnvironmentVariable(string Name, string? Value, EnvironmentValueSource? ValueFrom);

internal sealed record EnvironmentValueSource(FieldSelector? FieldRef, KeySelector? ConfigMapKeyRef, KeySelector? SecretKeyRef);

internal sealed record EnvironmentFromSource(string? Prefix, ObjectSelector? ConfigMapRef, ObjectSelector? SecretRef);

internal sealed record FieldSelector(string FieldPath);

internal sealed record KeySelector(string Name, string Key, bool Optional);

internal sealed record ObjectSelector(string Name, bool Optional);

internal sealed class Probe
{
    public HttpGetAction? HttpGet { get; set; }

    public int InitialDelaySeconds { get; set; }

    public int PeriodSeconds { get; set; } = 10;

    public int TimeoutSeconds { get; set; } = 1;

    public int SuccessThreshold { get; set; } = 1;

    public int FailureThreshold { get; set; } = 3;
}

internal sealed class HttpGetAction
{
    public string? Host { get; set; }

    public string Path { get; set; } = "/";

    /// <summary>A number, or the name of a container port.</summary>
    public JsonElement Port { get; set; }

    public string Scheme { get; set; } = "HTTP";

    public IList<HttpHeader> HttpHeaders { get; set; } = [];
}

internal sealed record HttpHeader(string Name, string Value);
