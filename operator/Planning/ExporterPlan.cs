using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Gateways;

namespace SentryOtel.Operator.Planning;

/// <summary>What would be done in Sentry for an exporter as a whole.</summary>
/// <param name="Routes">The routes that it is about.</param>
/// <param name="Services">Services that would get a route, or lose it.</param>
/// <param name="Fallback">What would become of <c>routing.fallbackProject</c>; null where there is none.</param>
internal sealed record ExporterPlan(IReadOnlyCollection<SentryProjectRoute> Routes, IReadOnlyList<PlannedService> Services, RoutePlan? Fallback)
{
    private const int Named = 10;

    private static readonly (string Reason, string Text)[] Verbs =
    [
        (PlanReasons.WouldCreate, "create the projects of"), (PlanReasons.WouldAdopt, "adopt those of"),
        (PlanReasons.WouldDelete, "delete those of"), (PlanReasons.WouldUse, "use, as they are, those of"),
    ];

    /// <summary>The routes that a plan is about: those that the exporter takes, or has not looked at yet, and those whose deletion is planned.</summary>
    public static List<SentryProjectRoute> Concerned(IEnumerable<SentryProjectRoute> routes) =>
    [
        .. routes.Where(static route => RoutePlan.Of(route.Status) is not null || route.Status?.Conditions.FindCondition("Accepted")?.Status != ConditionStatus.False),
    ];

    /// <summary>The condition: what would be created, adopted, deleted and used, and what can not be.</summary>
    public ConditionState Condition()
    {
        // What discovery would delete is not used any longer.
        var leaving = Services.Where(static service => service.Plan.Reason == PlanReasons.WouldDelete).Select(static service => service.Value).ToHashSet(StringComparer.Ordinal);
        List<PlannedService> plans = [.. Routes.Select(PlanOf).OfType<PlannedService>().Where(plan => !leaving.Contains(plan.Value)), .. Services];
        if (Fallback is not null)
        {
            plans.Add(new PlannedService("routing.fallbackProject", Fallback));
        }

        var parts = Verbs
            .Select(verb => Part($"would {verb.Text}", plans.Where(plan => plan.Plan.IsPossible && plan.Plan.Reason == verb.Reason), static plan => plan.Value))
            .Append(Part("can not be done for", plans.Where(static plan => !plan.Plan.IsPossible), static plan => $"{plan.Value} ({plan.Plan.Reason})"))
            .Where(static part => part.Length > 0)
            .ToList();
        var waiting = Routes.Count(static route => RoutePlan.Of(route.Status) is null);
        var text = parts.Count == 0 ? "there is nothing to do" : string.Join("; ", parts);
        return new ConditionState(
            ConditionStatus.Of(plans.TrueForAll(static plan => plan.Plan.IsPossible) && waiting == 0),
            PlanReasons.OnlyPlanned,
            waiting == 0 ? text : $"{text}; {waiting} routes have no plan yet");
    }

    private static PlannedService? PlanOf(SentryProjectRoute route) =>
        RoutePlan.Of(route.Status) is { } plan ? new PlannedService(route.Spec.AttributeValue, plan) : null;

    private static string Part(string text, IEnumerable<PlannedService> plans, Func<PlannedService, string> name)
    {
        var names = plans.Select(name).Order(StringComparer.Ordinal).ToList();
        return names.Count == 0 ? "" : $"{text} {names.Count}: {string.Join(", ", names.Take(Named))}{(names.Count > Named ? " ..." : "")}";
    }
}
