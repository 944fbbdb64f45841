using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Gateways;

/// <summary>A condition to be.</summary>
internal sealed record ConditionState(string Status, string Reason, string Message);

/// <summary>What the gateway's workload and pods say about themselves.</summary>
/// <param name="Available">For the condition GatewayAvailable.</param>
/// <param name="Progressing">For the condition Progressing.</param>
/// <param name="Replicas">Pods that exist.</param>
/// <param name="ReadyReplicas">Pods that are ready.</param>
/// <param name="WantedReplicas">Pods that are wanted.</param>
internal sealed record GatewayState(ConditionState Available, ConditionState Progressing, int Replicas, int ReadyReplicas, int WantedReplicas)
{
    /// <summary>Reads a workload, from its status alone and not from what was written to it.</summary>
    /// <param name="workload">Null when there is none.</param>
    /// <param name="leaving">The workload of the other storage, which serves until this one is ready; null when there is none.</param>
    /// <param name="pods">The pods, for what hinders them; may be empty when all is well.</param>
    public static GatewayState Of(GatewayWorkload? workload, GatewayWorkload? leaving, IReadOnlyCollection<V1Pod> pods)
    {
        var missing = new ConditionState(ConditionStatus.False, GatewayReasons.GatewayNotFound, "the gateway is not rolled out yet");
        var available = workload is null ? missing : AvailableOf(workload, pods);
        if (available.Status != ConditionStatus.True && leaving is { IsAvailable: true })
        {
            available = new ConditionState(
                ConditionStatus.True, GatewayReasons.PodsReady, $"{leaving.Ready} of {leaving.Wanted} gateway pods of {leaving.Kind} {leaving.Name} are ready, which serves until the other is");
        }

        var progressing = workload is null ? missing with { Status = ConditionStatus.Unknown } : ProgressingOf(workload, leaving, pods);
        return new GatewayState(available, progressing, workload?.Total ?? 0, workload?.Ready ?? 0, workload?.Wanted ?? 0);
    }

    /// <summary>Whether the pods have to be asked what hinders them.</summary>
    public static bool NeedsPods(GatewayWorkload? workload) => workload is { IsComplete: false };

    private static ConditionState AvailableOf(GatewayWorkload workload, IReadOnlyCollection<V1Pod> pods)
    {
        var (wanted, ready) = (workload.Wanted, workload.Ready);
        if (wanted == 0)
        {
            return new ConditionState(ConditionStatus.False, GatewayReasons.ScaledToZero, "gateway.replicas is 0: nothing takes telemetry");
        }

        if (workload.IsAvailable)
        {
            return new ConditionState(ConditionStatus.True, GatewayReasons.PodsReady, $"{ready} of {wanted} gateway pods are ready");
        }

        return PodProblem.Of(pods) is { } problem
            ? new ConditionState(ConditionStatus.False, problem.Reason, problem.Message)
            : ready > 0
                ? new ConditionState(ConditionStatus.False, GatewayReasons.TooFewPods, $"only {ready} of {wanted} gateway pods are ready")
                : new ConditionState(ConditionStatus.False, GatewayReasons.NoPodReady, $"no gateway pod of {workload.Kind} {workload.Name} is ready yet");
    }

    private static ConditionState ProgressingOf(GatewayWorkload workload, GatewayWorkload? leaving, IReadOnlyCollection<V1Pod> pods)
    {
        var problem = workload.IsComplete ? null : PodProblem.Of(pods);
        if (problem is not null && (workload.HasNoDeadline || workload.Stuck is not null))
        {
            return new ConditionState(ConditionStatus.False, problem.Reason, problem.Message);
        }

        if (workload.Stuck is { } stuck)
        {
            return new ConditionState(ConditionStatus.False, GatewayReasons.ProgressDeadlineExceeded, stuck);
        }

        // It may still be cured before the deadline, and whoever looks need not wait for that.
        var hindrance = problem is null ? "" : $"; {problem.Message}";
        if (leaving is not null)
        {
            return new ConditionState(
                ConditionStatus.True,
                GatewayReasons.SwitchingStorage,
                $"{workload.Ready} of {workload.Wanted} gateway pods of {workload.Kind} {workload.Name} are ready; {leaving.Kind} {leaving.Name} serves until all are{hindrance}");
        }

        return workload.IsComplete
            ? new ConditionState(ConditionStatus.False, GatewayReasons.RolloutComplete, $"all {workload.Wanted} gateway pods run the present configuration")
            : new ConditionState(
                ConditionStatus.True, GatewayReasons.RollingOut, $"{workload.Updated} of {workload.Wanted} gateway pods run the present configuration{hindrance}");
    }
}
