using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;
using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Controllers;

/// <summary>Puts a route's status together from what was found. Ready means: a span sent now would arrive.</summary>
internal sealed class RouteStatusComposer(TimeProvider timeProvider)
{
    private const string CredentialsValid = ExporterStatus.CredentialsValid;
    private const string GatewayAvailable = ExporterStatus.GatewayAvailable;

    private static readonly string[] OwnTypes =
        [RouteReasons.AcceptedType, RouteReasons.ProjectReadyType, RouteReasons.ProgrammedType, RouteReasons.ReadyType, RouteReasons.RateLimitedType, PlanReasons.PlannedType];

    /// <summary>The whole of what this controller owns of a status.</summary>
    /// <param name="route">The route.</param>
    /// <param name="exporter">Its exporter; null when there is none.</param>
    /// <param name="before">The status as it was: conditions keep their times.</param>
    /// <param name="accepted">The exporter's verdict.</param>
    /// <param name="project">What came of the project.</param>
    /// <param name="programmed">The gateways' word.</param>
    /// <param name="observed">What gateways tell of its data; null to leave what the status says of them.</param>
    /// <param name="plan">What would be done in Sentry; null when it is not only planned.</param>
    public SentryProjectRouteStatus Compose(
        SentryProjectRoute route,
        SentryExporter? exporter,
        SentryProjectRouteStatus? before,
        AcceptanceVerdict accepted,
        ProjectOutcome project,
        ProgrammingVerdict programmed,
        RouteObservation? observed = null,
        RoutePlan? plan = null)
    {
        var conditions = Own(before?.Conditions);
        Set(RouteReasons.AcceptedType, accepted.IsAccepted, accepted.Reason, accepted.Message);
        Set(RouteReasons.ProjectReadyType, project.IsReady, project.Reason, project.Message);
        Set(RouteReasons.ProgrammedType, programmed.IsProgrammed, programmed.Reason, programmed.Message);
        var (ready, reason, message) = Ready(route, exporter, accepted, project, programmed, observed);
        Set(RouteReasons.ReadyType, ready, reason, message);
        SetRateLimited(conditions, route, hasProject: accepted.IsAccepted && project.Project is not null, observed);
        if (plan is null)
        {
            conditions.RemoveCondition(PlanReasons.PlannedType);
        }
        else
        {
            Set(PlanReasons.PlannedType, plan.IsPossible, plan.Reason, plan.Message);
        }

        var key = RouteClaims.ExporterOf(route);
        return new SentryProjectRouteStatus
        {
            ObservedGeneration = route.Metadata.Generation,
            Conditions = conditions,
            Exporters = [new RouteExporterStatus { Namespace = key.Namespace!, Name = key.Name, Conditions = [.. conditions] }],
            AttributeValue = before?.AttributeValue ?? (accepted.IsAccepted ? route.Spec.AttributeValue : null),
            Project = project.Project,
            Traffic = observed?.Traffic ?? before?.Traffic,
            Origin = RouteAnnotations.OriginOf(route),
        };

        void Set(string type, bool holds, string because, string text) =>
            conditions.SetCondition(type, ConditionStatus.Of(holds), because, text, route.Metadata.Generation, timeProvider);
    }

    /// <summary>What a route's status says of its exporter's.</summary>
    public static (string? Credentials, string? CredentialsReason, string? CredentialsMessage, string? Gateway, string? Table) StateOf(SentryExporter exporter)
    {
        var table = exporter.Status?.Conditions.FindCondition(ExporterStatus.ProjectsSynced)?.Reason;
        var credentials = exporter.Status?.Conditions.FindCondition(CredentialsValid);
        var gateway = exporter.Status?.Conditions.FindCondition(GatewayAvailable);
        return (credentials?.Status, credentials?.Reason, credentials?.Message, gateway?.Status, RoutingTableReasons.IsHeldUp(table) ? table : null);
    }

    /// <summary>The part of a status that this controller writes: all but conditions of types that it does not know.</summary>
    public static SentryProjectRouteStatus? OwnPart(SentryProjectRouteStatus? status) => status is null ? null : new SentryProjectRouteStatus
    {
        ObservedGeneration = status.ObservedGeneration,
        Conditions = status.Conditions is { } conditions ? Own(conditions) : null,
        Exporters = status.Exporters is { } exporters
            ? [.. exporters.Select(static exporter => new RouteExporterStatus { Namespace = exporter.Namespace, Name = exporter.Name, Conditions = Own(exporter.Conditions) })]
            : null,
        AttributeValue = status.AttributeValue,
        Project = status.Project,
        Traffic = status.Traffic,
        Origin = status.Origin,
    };

    private static List<V1Condition> Own(List<V1Condition>? conditions) => [.. (conditions ?? []).Where(static condition => OwnTypes.Contains(condition.Type))];

    private void SetRateLimited(List<V1Condition> conditions, SentryProjectRoute route, bool hasProject, RouteObservation? observed)
    {
        if (!hasProject)
        {
            conditions.RemoveCondition(RouteReasons.RateLimitedType);
        }
        else if (observed is not null)
        {
            var verdict = RateLimitVerdict.Of(observed, timeProvider.GetUtcNow());
            conditions.SetCondition(RouteReasons.RateLimitedType, verdict.Status, verdict.Reason, verdict.Message, route.Metadata.Generation, timeProvider);
        }
    }

    private (bool Ready, string Reason, string Message) Ready(
        SentryProjectRoute route,
        SentryExporter? exporter,
        AcceptanceVerdict accepted,
        ProjectOutcome project,
        ProgrammingVerdict programmed,
        RouteObservation? observed)
    {
        if (!accepted.IsAccepted || exporter is null)
        {
            return (false, accepted.Reason, accepted.Message);
        }

        if (route.Spec.Suspend)
        {
            return (false, RouteReasons.Suspended, "the route is suspended: data of the service is dropped and counted");
        }

        if (!project.IsReady)
        {
            return (false, project.Reason, project.Message);
        }

        var credentials = exporter.Status?.Conditions.FindCondition(CredentialsValid);
        if (route.Spec.DsnSecretRef is null && credentials?.Status != ConditionStatus.True)
        {
            return (false, credentials?.Reason ?? RouteReasons.CredentialsUnknown, credentials?.Message ?? "the exporter's token has not been tried yet");
        }

        if (!programmed.IsProgrammed)
        {
            return (false, programmed.Reason, programmed.Message);
        }

        if (exporter.Status?.Conditions.IsConditionTrue(GatewayAvailable) != true)
        {
            // The same while it lasts: what the pods say changes by the second, and there may be thousands of routes.
            return (false, RouteReasons.GatewayUnavailable, $"the gateway is not available: condition GatewayAvailable of SentryExporter {ObjectKey.Of(exporter)} says why");
        }

        if (observed?.IsRefused == true)
        {
            return (false, RouteReasons.RefusedBySentry, "Sentry refuses the project, its key or its spans, and gateways keep them within queue.maxAge: see lastError of /routes on port 8888 of a gateway");
        }

        // A limit that ends while data are kept delays a span; one that outlasts them loses it.
        var now = timeProvider.GetUtcNow();
        return observed?.SpansWait(now) > QueueAge.Of(exporter)
            ? (false, RouteReasons.LimitedBySentry, RateLimitVerdict.Describe(observed.Limits.Where(limit => limit.HoldsSpans && limit.Until > now)))
            : (true, RouteReasons.Ready, "a span sent now would arrive");
    }
}
