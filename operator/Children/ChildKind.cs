using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Children;

/// <summary>The resources that children are of.</summary>
internal static class ChildKind
{
    public static readonly EntityMetadata ConfigMap = Core("ConfigMap", "configmaps");
    public static readonly EntityMetadata ServiceAccount = Core("ServiceAccount", "serviceaccounts");
    public static readonly EntityMetadata Service = Core("Service", "services");
    public static readonly EntityMetadata Role = new("rbac.authorization.k8s.io", "v1", "Role", "roles", EntityScope.Namespaced);
    public static readonly EntityMetadata RoleBinding = new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", EntityScope.Namespaced);
    public static readonly EntityMetadata Deployment = new("apps", "v1", "Deployment", "deployments", EntityScope.Namespaced);
    public static readonly EntityMetadata StatefulSet = new("apps", "v1", "StatefulSet", "statefulsets", EntityScope.Namespaced);
    public static readonly EntityMetadata Ingress = new("networking.k8s.io", "v1", "Ingress", "ingresses", EntityScope.Namespaced);
    public static readonly EntityMetadata NetworkPolicy = new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", EntityScope.Namespaced);

    public static EntityMetadata PodDisruptionBudget(string apiVersion) => Of(apiVersion, "PodDisruptionBudget", "poddisruptionbudgets");

    public static EntityMetadata HorizontalPodAutoscaler(string apiVersion) => Of(apiVersion, "HorizontalPodAutoscaler", "horizontalpodautoscalers");

    public static EntityMetadata ServiceMonitor(string apiVersion) => Of(apiVersion, "ServiceMonitor", "servicemonitors");

    public static EntityMetadata PodMonitor(string apiVersion) => Of(apiVersion, "PodMonitor", "podmonitors");

    private static EntityMetadata Core(string kind, string plural) => new("", "v1", kind, plural, EntityScope.Namespaced);

    private static EntityMetadata Of(string apiVersion, string kind, string plural) =>
        apiVersion.Split('/') is [var group, var version]
            ? new EntityMetadata(group, version, kind, plural, EntityScope.Namespaced)
            : throw new ArgumentException($"{apiVersion} is no group and version.", nameof(apiVersion));
}
