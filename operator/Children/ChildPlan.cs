using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>A child that may exist, and its manifest; null when it shall not be there.</summary>
internal sealed record PlannedChild(EntityMetadata Resource, string Name, JsonObject? Wanted);

/// <summary>All children that an exporter may have on this server, in the order in which they are applied.</summary>
internal static class ChildPlan
{
    public static IReadOnlyList<PlannedChild> Of(GatewayInputs inputs)
    {
        var name = inputs.Name;
        var configuration = GatewayConfigMap.Create(inputs);
        List<PlannedChild> plan =
        [
            new(ChildKind.ServiceAccount, name, GatewayServiceAccount.Create(inputs)),
            new(ChildKind.Role, name, GatewayRole.Create(inputs)),
            new(ChildKind.RoleBinding, name, GatewayRole.CreateBinding(inputs)),
            new(ChildKind.ConfigMap, GatewayConfigMap.NameOf(inputs, inputs.IsOnDisk), configuration),
            new(ChildKind.Service, name, GatewayService.Create(inputs)),
            new(ChildKind.Deployment, name, GatewayDeployment.Create(inputs, configuration)),
            new(ChildKind.StatefulSet, name, GatewayStatefulSet.Create(inputs, configuration)),
            new(ChildKind.ConfigMap, GatewayConfigMap.NameOf(inputs, !inputs.IsOnDisk), null),
            new(ChildKind.Ingress, name, GatewayIngress.Create(inputs)),
            new(ChildKind.Ingress, GatewayIngress.GrpcName(inputs), GatewayIngress.CreateGrpc(inputs)),
            new(ChildKind.NetworkPolicy, name, GatewayNetworkPolicy.Create(inputs)),
        ];
        Add(inputs.Versions.PodDisruptionBudget, ChildKind.PodDisruptionBudget, GatewayPodDisruptionBudget.Create);
        Add(inputs.Versions.HorizontalPodAutoscaler, ChildKind.HorizontalPodAutoscaler, GatewayHorizontalPodAutoscaler.Create);
        Add(inputs.Versions.ServiceMonitor, ChildKind.ServiceMonitor, GatewayServiceMonitor.Create);
        Add(inputs.Versions.PodMonitor, ChildKind.PodMonitor, GatewayPodMonitor.Create);
        return plan;

        void Add(string? version, Func<string, EntityMetadata> kind, Func<GatewayInputs, JsonObject?> create)
        {
            if (version is not null)
            {
                plan.Add(new PlannedChild(kind(version), name, create(inputs)));
            }
        }
    }

    /// <summary>What was asked for and this server does not serve.</summary>
    public static IReadOnlyList<string> NotServed(GatewayInputs inputs)
    {
        var (gateway, versions) = (inputs.Gateway, inputs.Versions);
        (bool IsMissing, string Kind)[] kinds =
        [
            (gateway.PodDisruptionBudget is not null && versions.PodDisruptionBudget is null, "PodDisruptionBudget"),
            (gateway.Autoscaling is not null && versions.HorizontalPodAutoscaler is null, "HorizontalPodAutoscaler"),
            (gateway.Monitor is { Kind: GatewayMonitorKind.ServiceMonitor } && versions.ServiceMonitor is null, "ServiceMonitor"),
            (gateway.Monitor is { Kind: GatewayMonitorKind.PodMonitor } && versions.PodMonitor is null, "PodMonitor"),
            (DeletesClaims(inputs) && !versions.ClaimRetention, "StatefulSet with persistentVolumeClaimRetentionPolicy"),
        ];
        return [.. kinds.Where(static kind => kind.IsMissing).Select(static kind => kind.Kind)];
    }

    private static bool DeletesClaims(GatewayInputs inputs) =>
        inputs.IsOnDisk
        && inputs.Exporter.Spec.Queue.VolumeClaim?.RetentionPolicy is { } policy
        && (policy.WhenDeleted == VolumeRetention.Delete || policy.WhenScaled == VolumeRetention.Delete);
}
