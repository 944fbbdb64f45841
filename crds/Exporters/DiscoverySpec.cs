using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>Routes made for workloads, before their first span.</summary>
public sealed class DiscoverySpec
{
    /// <summary>Whether workloads that name their service get a SentryProjectRoute for it.</summary>
    [Default]
    public bool Enabled { get; set; } = true;

    /// <summary>Label whose value is the service's name.</summary>
    [Default, Length(1, 317), Pattern(Patterns.LabelKey)]
    public string LabelKey { get; set; } = "service.name";

    /// <summary>
    /// Where a workload's service name is read, in this order: the first that gives one counts. With any source but Label the operator caches what
    /// the pod templates of workloadKinds say of names.
    /// </summary>
    [Default, Items(4, Min = 1)]
    public List<DiscoverySource> Sources { get; set; } = [DiscoverySource.Label];

    /// <summary>How long a discovered route outlives its last workload, and the last data of its service. The project stays as projects.deletionPolicy says.</summary>
    [Default, Length(1, 32), Pattern(Patterns.Duration)]
    public string GracePeriod { get; set; } = "1h";

    /// <summary>Namespaces whose workloads are looked at. Without it the exporter's own; empty: all that the operator watches.</summary>
    public LabelSelector? NamespaceSelector { get; set; }

    /// <summary>Kinds of workloads that are looked at.</summary>
    [Default, Items(5, Min = 1), ListSet]
    public List<WorkloadKind> WorkloadKinds { get; set; } =
        [WorkloadKind.Deployment, WorkloadKind.StatefulSet, WorkloadKind.DaemonSet, WorkloadKind.CronJob, WorkloadKind.Job];
}

/// <summary>Where the name of a workload's service is read.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DiscoverySource>))]
public enum DiscoverySource
{
    /// <summary>The label discovery.labelKey of the workload.</summary>
    Label,

    /// <summary>The annotation resource.opentelemetry.io/service.name of the pod template, else of the workload.</summary>
    Annotation,

    /// <summary>The label app.kubernetes.io/name of the pod template, else of the workload.</summary>
    AppName,

    /// <summary>
    /// OTEL_SERVICE_NAME, else service.name in OTEL_RESOURCE_ATTRIBUTES, of the first container that sets either; kubectl.kubernetes.io/default-container names another to begin with.
    /// What comes from valueFrom, envFrom or another variable is not read.
    /// </summary>
    Environment,
}

/// <summary>A kind of workload that discovery looks at.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WorkloadKind>))]
public enum WorkloadKind
{
    /// <summary>apps/v1 Deployment.</summary>
    Deployment,

    /// <summary>apps/v1 StatefulSet.</summary>
    StatefulSet,

    /// <summary>apps/v1 DaemonSet.</summary>
    DaemonSet,

    /// <summary>batch CronJob.</summary>
    CronJob,

    /// <summary>batch/v1 Job that no CronJob owns.</summary>
    Job,
}

/// <summary>Which SentryProjectRoutes this exporter accepts.</summary>
public sealed class AllowedRoutesSpec
{
    /// <summary>Namespaces from which routes are accepted.</summary>
    [Default]
    public AllowedRouteNamespaces Namespaces { get; set; } = new();
}

/// <summary>Namespaces from which routes are accepted.</summary>
[ValidationRule("(self.from == 'Selector') == has(self.selector)", RuleMessages.NamespaceSelector)]
public sealed class AllowedRouteNamespaces
{
    /// <summary>Same: the exporter's own; All: every one; Selector: those that selector matches.</summary>
    [Default]
    public NamespacesFrom From { get; set; } = NamespacesFrom.Same;

    /// <summary>Selects namespaces by their labels, with from Selector.</summary>
    public LabelSelector? Selector { get; set; }
}

/// <summary>Which namespaces a rule is about.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NamespacesFrom>))]
public enum NamespacesFrom
{
    /// <summary>The exporter's own namespace.</summary>
    Same,

    /// <summary>Every namespace.</summary>
    All,

    /// <summary>Namespaces that a selector matches.</summary>
    Selector,
}
