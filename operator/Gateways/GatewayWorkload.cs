using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Gateways;

/// <summary>What a Deployment or StatefulSet says of the gateway's pods.</summary>
internal sealed record GatewayWorkload
{
    private const string DeadlineExceeded = "ProgressDeadlineExceeded";

    public required string Kind { get; init; }

    public required string Name { get; init; }

    /// <summary>Pods that are wanted.</summary>
    public required int Wanted { get; init; }

    /// <summary>Pods that exist.</summary>
    public int Total { get; init; }

    /// <summary>Pods of the newest template.</summary>
    public int Updated { get; init; }

    /// <summary>Pods that are ready.</summary>
    public int Ready { get; init; }

    /// <summary>Whether enough pods take telemetry.</summary>
    public bool IsAvailable { get; init; }

    /// <summary>Whether all pods, and no more, run the newest template.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Why the rollout has failed, in the controller's words; null while it has not, or no controller says so.</summary>
    public string? Stuck { get; init; }

    /// <summary>True when nobody but the pods can say that a rollout is stuck.</summary>
    public bool HasNoDeadline { get; init; }

    public static GatewayWorkload Of(V1Deployment deployment)
    {
        var status = deployment.Status ?? new V1DeploymentStatus();
        var wanted = deployment.Spec?.Replicas ?? 1;
        var stuck = status.Conditions.FindCondition("Progressing") is { Status: ConditionStatus.False, Reason: DeadlineExceeded } failed ? failed : null;
        return new GatewayWorkload
        {
            Kind = "Deployment",
            Name = deployment.Metadata.Name!,
            Wanted = wanted,
            Total = status.Replicas ?? 0,
            Updated = status.UpdatedReplicas ?? 0,
            Ready = status.ReadyReplicas ?? 0,
            IsAvailable = status.ReadyReplicas > 0 && status.Conditions.IsConditionTrue("Available"),
            IsComplete = status.ObservedGeneration >= deployment.Metadata.Generation
                && (status.UpdatedReplicas ?? 0) == wanted
                && (status.AvailableReplicas ?? 0) == wanted
                && (status.Replicas ?? 0) == wanted,
            Stuck = stuck is null ? null : stuck.Message ?? "the rollout is stuck",
        };
    }

    public static GatewayWorkload Of(V1StatefulSet set)
    {
        var status = set.Status ?? new V1StatefulSetStatus();
        var wanted = set.Spec?.Replicas ?? 1;
        var ready = status.ReadyReplicas ?? 0;
        return new GatewayWorkload
        {
            Kind = "StatefulSet",
            Name = set.Metadata.Name!,
            Wanted = wanted,
            Total = status.Replicas ?? 0,
            Updated = status.UpdatedReplicas ?? 0,
            Ready = ready,

            // A rollout takes one pod at a time away.
            IsAvailable = ready > 0 && ready >= wanted - 1,
            IsComplete = status.ObservedGeneration >= set.Metadata.Generation
                && (status.UpdatedReplicas ?? 0) == wanted
                && ready == wanted
                && (status.Replicas ?? 0) == wanted,
            HasNoDeadline = true,
        };
    }
}
