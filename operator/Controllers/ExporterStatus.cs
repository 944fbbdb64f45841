using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Events;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Planning;
using SentryOtel.Operator.Projects;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Controllers;

/// <summary>Makes the status of an exporter from what was observed. Ready means: telemetry sent now would be taken and reach Sentry.</summary>
internal static class ExporterStatus
{
    public const string Ready = "Ready";
    public const string CredentialsValid = "CredentialsValid";
    public const string ProjectsSynced = "ProjectsSynced";
    public const string GatewayAvailable = "GatewayAvailable";
    public const string Progressing = "Progressing";
    public const string VolumesReleased = "VolumesReleased";

    public const string Suspended = "Suspended";
    public const string ProjectsReady = "ProjectsReady";
    public const string ProjectsNotReady = "ProjectsNotReady";

    private const int NamedRoutes = 5;

    /// <param name="exporter">The exporter.</param>
    /// <param name="host">Whose settings hold for its gateway: itself, or the host of one that it shares.</param>
    /// <param name="previous">The status before, whose transition times are kept.</param>
    /// <param name="observation">What the last reconcile found.</param>
    /// <param name="gateway">What the workload says.</param>
    /// <param name="routes">The exporter's routes.</param>
    /// <param name="timeProvider">The time of transitions.</param>
    /// <param name="discovery">The services of workloads; null while none are looked for.</param>
    public static SentryExporterStatus Build(
        SentryExporter exporter,
        SentryExporter host,
        SentryExporterStatus? previous,
        ExporterObservation observation,
        GatewayState gateway,
        IReadOnlyCollection<SentryProjectRoute> routes,
        TimeProvider timeProvider,
        ExporterDiscovery? discovery = null)
    {
        var accepted = routes.Where(static route => route.Status?.Conditions.FindCondition("Accepted")?.Status != ConditionStatus.False).ToList();
        var credentials = new ConditionState(observation.Credentials.Status, observation.Credentials.Reason, observation.Credentials.Message);
        var (available, progressing) = GatewayConditions(observation, gateway);
        var status = new SentryExporterStatus
        {
            ObservedGeneration = observation.Generation,
            Conditions = [.. previous?.Conditions ?? []],
            Endpoint = Endpoint(host),
            Organization = observation.Credentials.Organization ?? previous?.Organization,
            Routes = Routes(accepted),
            Discovery = discovery,
            Gateway = new ExporterGateway
            {
                Replicas = gateway.Replicas,
                ReadyReplicas = gateway.ReadyReplicas,
                Selector = ManifestMetadata.SelectorText(exporter),
                Summary = string.Create(CultureInfo.InvariantCulture, $"{gateway.ReadyReplicas}/{gateway.WantedReplicas}"),
            },
        };
        var projects = ProjectsOf(accepted, discovery, observation.TableProblems, previous?.Conditions.FindCondition(ProjectsSynced));
        if (available.Reason == GatewayReasons.NoPodReady && RoutingTableReasons.IsHeldUp(projects.Reason))
        {
            // Without a table a pod is not ready.
            available = projects;
        }

        Set(status, Ready, ReadyOf(observation, credentials, available, projects), timeProvider);
        Set(status, CredentialsValid, credentials, timeProvider);
        Set(status, ProjectsSynced, projects, timeProvider);
        Set(status, GatewayAvailable, available, timeProvider);
        Set(status, Progressing, progressing, timeProvider);
        if (observation.IsPlanned)
        {
            Set(status, PlanReasons.PlannedType, new ExporterPlan(ExporterPlan.Concerned(routes), observation.Announced, observation.Fallback).Condition(), timeProvider);
        }
        else
        {
            status.Conditions!.RemoveCondition(PlanReasons.PlannedType);
        }

        if (observation.Children is { Conflict: null } children)
        {
            Volumes(status, VolumeState.Of(exporter.Spec.Queue.Storage, children), timeProvider);
        }
        else if (host.Metadata.Uid != exporter.Metadata.Uid)
        {
            // The host's to tell.
            Volumes(status, null, timeProvider);
        }

        return status;
    }

    /// <summary>Whether a status tells of something that stands in the way of the routing table.</summary>
    public static bool Tells(SentryExporterStatus? status, Problem problem) =>
        status?.Conditions.FindCondition(ProjectsSynced) is { Message: { } message } condition && IsAstray(condition.Status, condition.Reason) && message.Contains(problem.Note, StringComparison.Ordinal);

    private static ConditionState ReadyOf(ExporterObservation observation, ConditionState credentials, ConditionState available, ConditionState projects) => observation switch
    {
        { Halted: { } halted } => new ConditionState(ConditionStatus.False, halted.Reason, halted.Message),
        _ when credentials.Status != ConditionStatus.True => credentials,
        _ when available.Status != ConditionStatus.True => available,
        _ when IsAstray(projects.Status, projects.Reason) => projects,
        _ => new ConditionState(ConditionStatus.True, Ready, "telemetry is taken and sent"),
    };

    private static (ConditionState Available, ConditionState Progressing) GatewayConditions(ExporterObservation observation, GatewayState gateway)
    {
        if (observation.Children?.Conflict is { } foreign)
        {
            var conflict = new ConditionState(
                ConditionStatus.False, GatewayReasons.NameConflict, $"{foreign} exists and does not belong to this exporter: delete it, or give the exporter another name");
            return (conflict, conflict);
        }

        if (observation.IsPlanned)
        {
            return (gateway.Available, new ConditionState(
                ConditionStatus.False, PlanReasons.OnlyPlanned, $"nothing is rolled out while annotation {SentryOtelGroup.PlanAnnotation} is there: see condition {PlanReasons.PlannedType}"));
        }

        return (gateway.Available, observation.Children switch
        {
            { NotServed: { Count: > 0 } kinds } => new ConditionState(
                ConditionStatus.False, GatewayReasons.KindNotServed, $"this API server serves no version that is known here of: {string.Join(", ", kinds)}"),
            { KeepsClaimTemplate: true } when gateway.Progressing.Reason == GatewayReasons.RolloutComplete => new ConditionState(
                ConditionStatus.False,
                GatewayReasons.VolumeClaimFixed,
                "spec.queue.volumeClaim is not that of the StatefulSet, and a server lets nobody change it: set it back, or switch to storage Memory, see to the claims that are left, and switch to Disk again"),
            { ForeignAutoscaler: { } scaler } => gateway.Progressing with { Message = $"{gateway.Progressing.Message}; HorizontalPodAutoscaler {scaler} says how many" },
            _ => gateway.Progressing,
        });
    }

    // What is told of ProjectsSynced beside routes without a project concerns the exporter as a whole.
    private static bool IsAstray(string status, string? reason) => status == ConditionStatus.False && reason != ProjectsNotReady;

    private static ConditionState ProjectsOf(
        List<SentryProjectRoute> routes, ExporterDiscovery? discovery, IReadOnlyList<Problem>? problems, V1Condition? previous)
    {
        if (problems is null && previous is { Reason: { } reason, Message: { } message } && IsAstray(previous.Status, reason))
        {
            return new ConditionState(previous.Status, reason, message);
        }

        var state = RoutesOf(routes, discovery);
        return problems is [var first, ..]
            ? new ConditionState(
                ConditionStatus.False,
                first.Reason,
                string.Join("; ", problems.Select(static problem => problem.Note).Concat(state.Status == ConditionStatus.True ? [] : [state.Message])))
            : state;
    }

    private static ConditionState RoutesOf(List<SentryProjectRoute> routes, ExporterDiscovery? discovery)
    {
        var refused = discovery is { Refused: > 0 }
            ? string.Create(CultureInfo.InvariantCulture, $"; {discovery.Refused} of {discovery.Services} discovered services get no route ({discovery.Reasons}), events name them")
            : "";
        var unready = routes.Where(static route => !route.Status?.Conditions.IsConditionTrue("ProjectReady") ?? true).ToList();
        var waiting = unready
            .Select(static route => ObjectKey.Of(route).ToString())
            .Order(StringComparer.Ordinal)
            .ToList();
        if (waiting.Count == 0)
        {
            return new ConditionState(
                ConditionStatus.True, ProjectsReady, (routes.Count == 0 ? "no route names this exporter yet" : "every route has its project") + refused);
        }

        var more = waiting.Count > NamedRoutes ? $" and {waiting.Count - NamedRoutes} more" : "";
        return new ConditionState(
            ConditionStatus.False, ProjectsNotReady, $"without a project: {string.Join(", ", waiting.Take(NamedRoutes))}{more}{Limits(unready)}; see their conditions{refused}");
    }

    /// <summary>How many routes the exporter's own bounds keep waiting: <c> (70 CreationRateLimited)</c>.</summary>
    private static string Limits(IEnumerable<SentryProjectRoute> unready)
    {
        var limits = unready
            .Select(static route => route.Status?.Conditions.FindCondition(RouteReasons.ProjectReadyType)?.Reason)
            .Where(static reason => reason is RouteReasons.MaxAutoCreatedReached or RouteReasons.CreationRateLimited or RouteReasons.ServiceNotAllowed)
            .GroupBy(static reason => reason)
            .OrderBy(static reason => reason.Key, StringComparer.Ordinal)
            .Select(static reason => string.Create(CultureInfo.InvariantCulture, $"{reason.Count()} {reason.Key}"));
        var text = string.Join(", ", limits);
        return text.Length == 0 ? "" : $" ({text})";
    }

    private static ExporterRoutes Routes(List<SentryProjectRoute> routes)
    {
        var ready = routes.Count(static route => route.Status?.Conditions.IsConditionTrue(Ready) == true);
        return new ExporterRoutes
        {
            Total = routes.Count,
            Ready = ready,
            Summary = string.Create(CultureInfo.InvariantCulture, $"{ready}/{routes.Count}"),
        };
    }

    private static ExporterEndpoint Endpoint(SentryExporter exporter) => new()
    {
        Grpc = GatewayService.Address(exporter, GatewayPorts.Grpc),
        Http = GatewayService.Address(exporter, GatewayPorts.Http),
    };

    private static void Volumes(SentryExporterStatus status, ConditionState? volumes, TimeProvider timeProvider)
    {
        if (volumes is null)
        {
            status.Conditions!.RemoveCondition(VolumesReleased);
            return;
        }

        Set(status, VolumesReleased, volumes, timeProvider);
    }

    private static void Set(SentryExporterStatus status, string type, ConditionState state, TimeProvider timeProvider) =>
        status.Conditions!.SetCondition(type, state.Status, state.Reason, state.Message, status.ObservedGeneration, timeProvider);
}
