using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Gateways;

/// <summary>A condition to be.</summary>
internal sealed record ConditionState(string Status, string Reason, string Message);

/// <summary>What the gateway's Deployment and pods say about themselves.</summary>
/// <param name="Available">For the condition GatewayAvailable.</param>
/// <param name="Progressing">For the condition Progressing.</param>
/// <param name="Replicas">Pods that exist.</param>
/// <param name="ReadyReplicas">Pods that are ready.</param>
/// <param name="WantedReplicas">Pods that are wanted.</param>
internal sealed record GatewayState(ConditionState Available, ConditionState Progressing, int Replicas, int ReadyReplicas, int WantedReplicas)
{
    private const string DeadlineExceeded = "ProgressDeadlineExceeded";

    /// <summary>Reads a Deployment, from its status alone and not from what was written to it.</summary>
    /// <param name="deployment">Null when there is none.</param>
    /// <param name="pods">Its pods, for what hinders them; may be empty when all is well.</param>
    public static GatewayState Of(V1Deployment? deployment, IReadOnlyCollection<V1Pod> pods)
    {
        if (deployment is null)
        {
            return new GatewayState(
                new ConditionState(ConditionStatus.False, "DeploymentNotFound", "the gateway is not rolled out yet"),
                new ConditionState(ConditionStatus.Unknown, "DeploymentNotFound", "the gateway is not rolled out yet"),
                0, 0, 0);
        }

        var status = deployment.Status ?? new V1DeploymentStatus();
        var wanted = deployment.Spec?.Replicas ?? 1;
        var ready = status.ReadyReplicas ?? 0;
        return new GatewayState(
            AvailableOf(deployment, status, wanted, ready, pods), ProgressingOf(deployment, status, wanted, pods), status.Replicas ?? 0, ready, wanted);
    }

    /// <summary>Whether the pods have to be asked what hinders them.</summary>
    public static bool NeedsPods(V1Deployment? deployment) =>
        deployment is not null && !IsComplete(deployment, deployment.Status ?? new V1DeploymentStatus(), deployment.Spec?.Replicas ?? 1);

    private static ConditionState AvailableOf(V1Deployment deployment, V1DeploymentStatus status, int wanted, int ready, IReadOnlyCollection<V1Pod> pods)
    {
        if (wanted == 0)
        {
            return new ConditionState(ConditionStatus.False, "ScaledToZero", "gateway.replicas is 0: nothing takes telemetry");
        }

        if (ready > 0 && status.Conditions.IsConditionTrue("Available"))
        {
            return new ConditionState(ConditionStatus.True, "PodsReady", $"{ready} of {wanted} gateway pods are ready");
        }

        return PodProblem.Of(pods) is { } problem
            ? new ConditionState(ConditionStatus.False, problem.Reason, problem.Message)
            : ready > 0
                ? new ConditionState(ConditionStatus.False, "TooFewPods", $"only {ready} of {wanted} gateway pods are ready")
                : new ConditionState(ConditionStatus.False, "NoPodReady", $"no gateway pod of Deployment {deployment.Metadata.Name} is ready yet");
    }

    private static ConditionState ProgressingOf(V1Deployment deployment, V1DeploymentStatus status, int wanted, IReadOnlyCollection<V1Pod> pods)
    {
        if (IsComplete(deployment, status, wanted))
        {
            return new ConditionState(ConditionStatus.False, "RolloutComplete", $"all {wanted} gateway pods run the present configuration");
        }

        if (status.Conditions.FindCondition("Progressing") is { Status: ConditionStatus.False, Reason: DeadlineExceeded } stuck)
        {
            return new ConditionState(ConditionStatus.False, DeadlineExceeded, PodProblem.Of(pods)?.Message ?? stuck.Message ?? "the rollout is stuck");
        }

        return new ConditionState(
            ConditionStatus.True, "RollingOut", $"{status.UpdatedReplicas ?? 0} of {wanted} gateway pods run the present configuration");
    }

    private static bool IsComplete(V1Deployment deployment, V1DeploymentStatus status, int wanted) =>
        status.ObservedGeneration >= deployment.Metadata.Generation
        && (status.UpdatedReplicas ?? 0) == wanted
        && (status.AvailableReplicas ?? 0) == wanted
        && (status.Replicas ?? 0) == wanted;
}
