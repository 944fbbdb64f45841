using System.Text.Json.Nodes;
using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>The gateway's pods and how they are reached.</summary>
[ValidationRule("!has(self.replicas) || !has(self.autoscaling)", RuleMessages.ReplicasOrAutoscaling)]
public sealed class GatewaySpec
{
    /// <summary>
    /// Use one gateway together with all SentryExporters of the namespace that say so, each service's data going to the organisation that has its route. The oldest of them is the host,
    /// whose gateway, queue, batch and metrics settings hold for all. Setting or clearing it changes the address in status.endpoint.
    /// </summary>
    [Default]
    public bool Shared { get; set; }

    /// <summary>Number of pods; 1 when neither this nor autoscaling is set.</summary>
    [Range(0, 1000)]
    public int? Replicas { get; set; }

    /// <summary>Scales the pods by their load.</summary>
    public AutoscalingSpec? Autoscaling { get; set; }

    /// <summary>Image of the gateway; without it the one the operator was started with.</summary>
    [Length(1, 512)]
    public string? Image { get; set; }

    /// <summary>Secrets with which the image is pulled from a registry that wants an account; they are in the exporter's namespace.</summary>
    [Items(16), ListMapKeys("name")]
    public List<ImagePullSecretSpec>? ImagePullSecrets { get; set; }

    /// <summary>Compute resources of the gateway's container (core/v1 ResourceRequirements).</summary>
    public JsonObject? Resources { get; set; }

    /// <summary>Annotations of the pods.</summary>
    [Items(64), Element(8192)]
    public Dictionary<string, string>? PodAnnotations { get; set; }

    /// <summary>Labels of everything the operator creates for this exporter, the pods included. The operator's own labels win.</summary>
    [Items(64), Element(63)]
    public Dictionary<string, string>? Labels { get; set; }

    /// <summary>Labels a node must have.</summary>
    [Items(64), Element(63)]
    public Dictionary<string, string>? NodeSelector { get; set; }

    /// <summary>Taints the pods tolerate (core/v1 Toleration).</summary>
    [Items(64)]
    public List<JsonObject>? Tolerations { get; set; }

    /// <summary>Affinity of the pods (core/v1 Affinity).</summary>
    public JsonObject? Affinity { get; set; }

    /// <summary>How the pods spread over the cluster (core/v1 TopologySpreadConstraint).</summary>
    [Items(16)]
    public List<JsonObject>? TopologySpreadConstraints { get; set; }

    /// <summary>Priority class of the pods.</summary>
    [Length(1, 253), Pattern(Patterns.ObjectName)]
    public string? PriorityClassName { get; set; }

    /// <summary>A ServiceAccount of your own in place of the one the operator creates. It must exist; the gateway's Role is bound to it.</summary>
    [Length(1, 253), Pattern(Patterns.ObjectName)]
    public string? ServiceAccountName { get; set; }

    /// <summary>The Service in front of the pods.</summary>
    [Default]
    public GatewayServiceSpec Service { get; set; } = new();

    /// <summary>An Ingress for OTLP over HTTP (port 4318), and one for gRPC (port 4317) if wanted.</summary>
    public GatewayIngressSpec? Ingress { get; set; }

    /// <summary>TLS of the OTLP receivers; without it plain text. Renewed certificates are taken without a restart. An Ingress in front must speak TLS to the pods, too.</summary>
    public GatewayTlsSpec? Tls { get; set; }

    /// <summary>What clients must present; without it nothing.</summary>
    public GatewayAuthSpec? Auth { get; set; }

    /// <summary>Which web pages may send OTLP over HTTP from browsers; without it none.</summary>
    public GatewayCorsSpec? Cors { get; set; }

    /// <summary>A PodDisruptionBudget for the pods.</summary>
    public PodDisruptionBudgetSpec? PodDisruptionBudget { get; set; }

    /// <summary>A NetworkPolicy for the pods.</summary>
    public NetworkPolicySpec? NetworkPolicy { get; set; }

    /// <summary>A ServiceMonitor or PodMonitor for the gateway's metrics, where the Prometheus operator's definitions are installed.</summary>
    public GatewayMonitorSpec? Monitor { get; set; }

    /// <summary>Environment variables of the gateway's container.</summary>
    [Items(64), ListMapKeys("name")]
    public List<EnvironmentVariableSpec>? Env { get; set; }

    /// <summary>Seconds a stopping pod gets to send what it has queued. The last five are kept for its end.</summary>
    [Default, Range(0, 3600)]
    public int TerminationGracePeriodSeconds { get; set; } = 60;
}

/// <summary>A Secret that an image is pulled with.</summary>
public sealed class ImagePullSecretSpec
{
    /// <summary>Name of the Secret (kubernetes.io/dockerconfigjson).</summary>
    [Required, Length(1, 253), Pattern(Patterns.ObjectName)]
    public string Name { get; set; } = "";
}

/// <summary>An environment variable of the gateway's container.</summary>
[ValidationRule("!has(self.value) || !has(self.valueFrom)", RuleMessages.OneEnvironmentValue)]
[ValidationRule("!(self.name in ['POD_IP', 'POD_NAME', 'POD_NAMESPACE', 'POD_UID'])", RuleMessages.ReservedEnvironment)]
public sealed class EnvironmentVariableSpec
{
    /// <summary>Name of the variable.</summary>
    [Required, Length(1, 256), Pattern(Patterns.EnvironmentVariable)]
    public string Name { get; set; } = "";

    /// <summary>Its value.</summary>
    [Length(0, 8192)]
    public string? Value { get; set; }

    /// <summary>Where its value is read from (core/v1 EnvVarSource).</summary>
    public JsonObject? ValueFrom { get; set; }
}
