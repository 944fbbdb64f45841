using SentryOtel.Cli.Clusters;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Tracing;

/// <summary>Follows a service's data from the client to the project.</summary>
internal static class Tracer
{
    public static TraceReport Trace(TraceInput input)
    {
        var route = RouteSteps.Holder(input);
        var (way, project) = route is null
            ? UnannouncedSteps.Of(input)
            : ([.. RouteSteps.Of(input, route)], route.Status?.Project?.Slug ?? route.Spec.Project?.Slug);
        List<TraceStep> steps = [.. ExporterSteps.Of(input), .. way, .. GatewaySteps.Of(input, project), .. ClientSteps.Of(input)];
        var exporter = Readiness.Of(input.Exporter.Metadata, input.Exporter.Status?.Conditions);
        var (arrives, verdict) = route is null
            ? Unannounced(input, exporter, project, way)
            : FlowsOn(input, route) is { } broken ? (true, $"would arrive in project {project}, whose key gateways have. But {broken.Reason}: until that is cured no project is created, and no change in Sentry followed.")
            : Routed(exporter, Readiness.Of(route.Metadata, route.Status?.Conditions), project, route.Status?.Conditions.FindCondition("RateLimited"));
        return new TraceReport(input.Service, ObjectKey.Of(input.Exporter).ToString(), steps, arrives, $"A span of {input.Service} sent now to {ObjectKey.Of(input.Exporter)} {verdict}");
    }

    // Sending takes a project's key, and no token: what gateways have goes on while Sentry's API refuses the operator. The condition that does so; null when all is well, or more is amiss.
    private static V1Condition? FlowsOn(TraceInput input, SentryProjectRoute route)
    {
        var (exporter, conditions) = (input.Exporter.Status?.Conditions, route.Status?.Conditions);
        return exporter.FindCondition("CredentialsValid") is { Status: ConditionStatus.False } broken
            && conditions.FindCondition("Ready") is { Status: ConditionStatus.False, Reason: { } reason } && reason == broken.Reason
            && conditions.IsConditionTrue("Accepted") && conditions.IsConditionTrue("Programmed")
            && exporter.IsConditionTrue("GatewayAvailable")
            && route is { Spec.Suspend: false, Status.Project: not null }
                ? broken
                : null;
    }

    private static (bool? Arrives, string Verdict) Routed(Readiness exporter, Readiness route, string? project, V1Condition? limit) => (exporter, route) switch
    {
        (_, { IsReady: true }) when !exporter.IsReady => (false, $"would not arrive: the exporter is not Ready ({exporter.Reason})."),
        (_, { IsReady: true }) when limit?.Status == ConditionStatus.True => (true, $"would arrive in project {project} when Sentry's limit ends."),
        (_, { IsReady: true }) => (true, $"would arrive in project {project}."),
        (_, { Status: ConditionStatus.Unknown }) => (null, $"may arrive or not: {route.Message}."),
        _ => (false, $"would not arrive: {route.Reason}: {route.Message}."),
    };

    private static (bool? Arrives, string Verdict) Unannounced(TraceInput input, Readiness exporter, string? project, IReadOnlyList<TraceStep> way)
    {
        var spec = input.Exporter.Spec;
        return project switch
        {
            _ when !exporter.IsReady => (false, $"would not arrive: the exporter is not Ready ({exporter.Reason})."),
            null => (false, $"would not arrive: {way.First(static step => step.Mark == TraceMark.Bad).Text}."),
            _ when spec.DsnSecretRef is not null => (true, $"would arrive in the project {project}."),
            _ when spec.Routing.AttributeToProjectMapping?.ContainsKey(input.Service) == true => input.Entry switch
            {
                { State: Sentry.Routing.RouteState.Active } => (true, $"would arrive in project {project}."),
                null => (null, $"should arrive in project {project}; its entry in the routing table was not seen."),
                _ => (false, $"would not arrive: {input.Entry.Reason}."),
            },
            _ => (null, $"would be kept until project {project} is found or created, and arrive then; whether Sentry lets that happen is known when the first data come."),
        };
    }
}
