using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;

namespace SentryOtel.Operator.Planning;

/// <summary>What would be done in Sentry for one project.</summary>
/// <param name="IsPossible">False when it would fail; the reason is then that of the failure.</param>
/// <param name="Reason">Reason of the condition Planned.</param>
/// <param name="Message">For people.</param>
internal sealed record RoutePlan(bool IsPossible, string Reason, string Message)
{
    /// <summary>The plan that a status holds; null when it holds none.</summary>
    public static RoutePlan? Of(SentryProjectRouteStatus? status) => status?.Conditions.FindCondition(PlanReasons.PlannedType) is { } condition
        ? new RoutePlan(condition.Status == ConditionStatus.True, condition.Reason ?? PlanReasons.OnlyPlanned, condition.Message ?? "")
        : null;
}
