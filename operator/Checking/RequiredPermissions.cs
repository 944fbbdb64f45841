using SentryOtel.Crds;
using SentryOtel.Operator.Configuration;

namespace SentryOtel.Operator.Checking;

/// <summary>What the operator needs to be allowed. The chart grants exactly this; a test compares the two.</summary>
internal static class RequiredPermissions
{
    private const string Children = "get list watch create patch delete";
    private const string Settings = "get create patch delete";

    /// <summary>In each namespace that it works in.</summary>
    public static IReadOnlyList<Permission> Everywhere(bool watchSecrets) =>
    [
        .. Of(SentryOtelGroup.Group, "sentryexporters", "list watch"),
        .. Of(SentryOtelGroup.Group, "sentryprojectroutes", Children),
        .. Of(SentryOtelGroup.Group, "sentryexporters/status sentryprojectroutes/status", "patch"),
        .. Of(SentryOtelGroup.Group, "sentryexporters/finalizers", "update"),
        .. Of("", "secrets", watchSecrets ? "get watch" : "get"),
        .. Of("", "pods", "get list patch"),
        .. Of("", "configmaps serviceaccounts services", Children),
        .. Of("", "persistentvolumeclaims", "list"),
        .. Of("apps", "deployments statefulsets", Children),
        .. Of("apps", "daemonsets", "list watch"),
        .. Of("batch", "jobs cronjobs", "list watch"),
        .. Of("networking.k8s.io", "ingresses networkpolicies", Settings),
        .. Of("policy", "poddisruptionbudgets", Settings),
        .. Of("autoscaling", "horizontalpodautoscalers", "get list create patch delete"),
        .. Of("monitoring.coreos.com", "servicemonitors podmonitors", Settings),
        .. Of("rbac.authorization.k8s.io", "roles rolebindings", Settings),
        .. Of("coordination.k8s.io", "leases", "list watch create patch"),
        .. Of("events.k8s.io", "events", "create patch"),
    ];

    /// <summary>In the cluster as a whole, by an operator of all namespaces.</summary>
    public static IReadOnlyList<Permission> InCluster { get; } = [.. Of("", "namespaces", "list watch")];

    /// <summary>In the namespace of the Lease.</summary>
    public static IReadOnlyList<Permission> ForLeaderElection { get; } =
    [
        .. Of("coordination.k8s.io", "leases", "create"),
        .. Of("coordination.k8s.io", "leases", "get patch").Select(static permission => permission with { Name = OperatorOptions.LeaseName }),
    ];

    private static IEnumerable<Permission> Of(string apiGroup, string resources, string verbs) =>
        from resource in resources.Split(' ')
        from verb in verbs.Split(' ')
        select new Permission(apiGroup, resource, verb);
}
