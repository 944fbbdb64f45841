using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Configuration;

/// <summary>How the operator runs: what its flags and environment say.</summary>
internal sealed record OperatorOptions
{
    /// <summary>Owner of the fields that the operator writes. Never to be changed: a new name would leave the old one's fields behind.</summary>
    public const string FieldManager = "sentry-otel-operator";

    /// <summary>Name of the Lease by which one replica leads.</summary>
    public const string LeaseName = "sentry-otel-operator";

    /// <summary>Path of a kubeconfig; null for the pod's own account, or <c>KUBECONFIG</c>.</summary>
    public string? Kubeconfig { get; init; }

    /// <summary>Namespaces to work in; empty for all.</summary>
    public IReadOnlyList<string> WatchNamespaces { get; init; } = [];

    /// <summary>Whether several replicas agree on one that works.</summary>
    public bool LeaderElect { get; init; } = true;

    /// <summary>Namespace of the Lease.</summary>
    public required string LeaderElectionNamespace { get; init; }

    /// <summary>This replica in the Lease's holder: the pod's name, or the host's outside a cluster.</summary>
    public string InstanceName { get; init; } =
        Environment.GetEnvironmentVariable("POD_NAME") is { Length: > 0 } pod ? pod : Environment.MachineName;

    /// <summary>Where /metrics is served; <c>0</c> for nowhere.</summary>
    public string MetricsBindAddress { get; init; } = ":8080";

    /// <summary>Where /healthz, /livez and /readyz are served; <c>0</c> for nowhere.</summary>
    public string HealthProbeBindAddress { get; init; } = ":8081";

    /// <summary>Image of gateways whose exporter names none.</summary>
    public required string GatewayImage { get; init; }

    /// <summary>When gateways' image is pulled; null for Kubernetes' own rule.</summary>
    public string? GatewayImagePullPolicy { get; init; }

    /// <summary>Whether gateway pods run as a user of ours; else the cluster chooses one, as OpenShift does.</summary>
    public bool GatewayHasFixedUser { get; init; } = true;

    /// <summary>Whether Secrets and ConfigMaps that are referred to are watched, each by its name; else they are read once a minute.</summary>
    public bool WatchSecrets { get; init; } = true;

    /// <summary>Most Secrets and ConfigMaps that are watched; beyond, they are read once a minute.</summary>
    public int MaxWatchedSecrets { get; init; } = 1000;

    /// <summary>Times of the periodic work.</summary>
    public OperatorTimes Times { get; init; } = new();

    /// <summary>Times of the route controller.</summary>
    public ProjectRouteTimes RouteTimes { get; init; } = new();

    /// <summary>Times of what is asked of gateways.</summary>
    public TrafficTimes TrafficTimes { get; init; } = new();
}

/// <summary>Times of the operator's periodic work.</summary>
internal sealed record OperatorTimes
{
    /// <summary>The times that hold unless flags say otherwise.</summary>
    public static OperatorTimes Default { get; } = new();

    /// <summary>How often an exporter is looked at where nobody tells of a change: Secrets that are not watched, or a fault that is cured somewhere else.</summary>
    public TimeSpan SecretPoll { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How often an exporter is looked at with which all is well, drawn out by up to a fifth: should a change have been missed.</summary>
    public TimeSpan SafetyPoll { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long after a change of a Secret its pods are told: kubelets watch it too, and must have seen it by then.</summary>
    public TimeSpan MountLag { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often a gateway that changes its storage is looked at.</summary>
    public TimeSpan StorageSwitchPoll { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often pods of a rollout that is not complete are asked what hinders them: one that can not start changes nothing that is watched.</summary>
    public TimeSpan RolloutPoll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a token that works is tried again at Sentry.</summary>
    public TimeSpan TokenCheck { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Seconds that a lease is valid without a renewal.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the leader tries to renew before it gives up.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often the lease is tried.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
