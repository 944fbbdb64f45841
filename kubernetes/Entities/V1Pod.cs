using System.Text.Json;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>A Pod.</summary>
[KubernetesEntity(ApiVersion = "v1", Kind = "Pod", PluralName = "pods")]
public sealed class V1Pod : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Pod";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>Desired state.</summary>
    public V1PodSpec? Spec { get; set; }

    /// <summary>Observed state.</summary>
    public V1PodStatus? Status { get; set; }
}

/// <summary>Desired state of a pod; the parts this project reads.</summary>
public sealed class V1PodSpec
{
    /// <summary>The node it is bound to.</summary>
    public string? NodeName { get; set; }

    /// <summary>Whose rights it has.</summary>
    public string? ServiceAccountName { get; set; }

    /// <summary>How it stands against others.</summary>
    public string? PriorityClassName { get; set; }

    /// <summary>Its containers.</summary>
    public IList<V1Container>? Containers { get; set; }

    /// <summary>Containers that run before them.</summary>
    public IList<V1Container>? InitContainers { get; set; }

    /// <summary>Scheduling preferences.</summary>
    public JsonElement? Affinity { get; set; }

    /// <summary>Tolerated taints.</summary>
    public JsonElement? Tolerations { get; set; }

    /// <summary>Its volumes.</summary>
    public JsonElement? Volumes { get; set; }

    /// <summary>Labels a node must have.</summary>
    public IDictionary<string, string>? NodeSelector { get; set; }

    /// <summary>Time allowed for a graceful end.</summary>
    public long? TerminationGracePeriodSeconds { get; set; }
}

/// <summary>A container of a pod; the parts this project reads.</summary>
public sealed class V1Container
{
    /// <summary>Unique within the pod.</summary>
    public string Name { get; set; } = "";

    /// <summary>What it runs.</summary>
    public string? Image { get; set; }

    /// <summary>Replaces the entry point.</summary>
    public IList<string>? Command { get; set; }

    /// <summary>Arguments.</summary>
    public IList<string>? Args { get; set; }

    /// <summary>Environment variables.</summary>
    public IList<V1EnvVar>? Env { get; set; }

    /// <summary>Its ports.</summary>
    public JsonElement? Ports { get; set; }

    /// <summary>Requests and limits.</summary>
    public JsonElement? Resources { get; set; }
}

/// <summary>An environment variable of a container.</summary>
public sealed class V1EnvVar
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>Its value, when given in place.</summary>
    public string? Value { get; set; }

    /// <summary>Where its value comes from.</summary>
    public JsonElement? ValueFrom { get; set; }
}

/// <summary>Observed state of a pod.</summary>
public sealed class V1PodStatus
{
    /// <summary><c>Pending</c>, <c>Running</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Unknown</c>.</summary>
    public string? Phase { get; set; }

    /// <summary>Why it is so, for programs.</summary>
    public string? Reason { get; set; }

    /// <summary>Why it is so, for people.</summary>
    public string? Message { get; set; }

    /// <summary>Its address.</summary>
    public string? PodIP { get; set; }

    /// <summary>Its node's address.</summary>
    public string? HostIP { get; set; }

    /// <summary>When the node accepted it.</summary>
    public DateTimeOffset? StartTime { get; set; }

    /// <summary>Aspects of the state.</summary>
    public IList<V1Condition>? Conditions { get; set; }

    /// <summary>State of each container.</summary>
    public IList<V1ContainerStatus>? ContainerStatuses { get; set; }
}

/// <summary>Observed state of a container.</summary>
public sealed class V1ContainerStatus
{
    /// <summary>The container.</summary>
    public string Name { get; set; } = "";

    /// <summary>True when it passes its readiness probe.</summary>
    public bool Ready { get; set; }

    /// <summary>How often it was started again.</summary>
    public int RestartCount { get; set; }

    /// <summary>What runs.</summary>
    public string? Image { get; set; }

    /// <summary><c>waiting</c>, <c>running</c> or <c>terminated</c>.</summary>
    public JsonElement? State { get; set; }

    /// <summary>The state before the last restart.</summary>
    public JsonElement? LastState { get; set; }
}
