using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// Whether a project may be made for a route that nobody wrote: names come from the network and from workloads, and a flood of them must not become a
/// flood of projects. Projects that are there already are none of its business.
/// </summary>
internal sealed class AutoCreationGate(RouteMemory memory, IKubernetesClient client, TimeProvider timeProvider)
{
    /// <summary>Why no project is made for a service that the patterns keep out.</summary>
    public const string NotAllowedMessage =
        "projects.allowedServices or projects.deniedServices keep the service from getting a project by itself: change them, create the project, or write the route";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly AutoCreationQuota _quota = new();
    private readonly CreationRate _rate = new(timeProvider);

    /// <summary>Projects that keep their place though their route is gone.</summary>
    public LeftProjects Left { get; } = new(client, timeProvider);

    /// <summary>Whether a service may get a project by itself. One that the exporter's mapping names is somebody's word.</summary>
    public static bool IsAllowed(SentryExporter exporter, string value) =>
        exporter.Spec.Routing.AttributeToProjectMapping?.ContainsKey(value) == true
        || new ServicePatterns(exporter.Spec.Projects.AllowedServices, exporter.Spec.Projects.DeniedServices).Allows(value);

    /// <summary>Null when a project may be made now; else what is to be said when there is none. Followed by <see cref="Leave"/>.</summary>
    /// <param name="route">The route.</param>
    /// <param name="exporter">Its exporter.</param>
    /// <param name="siblings">Gives all routes of the exporter as they are now.</param>
    public ProjectOutcome? Enter(SentryProjectRoute route, SentryExporter exporter, Func<IEnumerable<SentryProjectRoute>> siblings)
    {
        var projects = exporter.Spec.Projects;
        if (!IsAllowed(exporter, route.Spec.AttributeValue))
        {
            return Refusal(RouteReasons.ServiceNotAllowed, NotAllowedMessage);
        }

        if (!_quota.TryTake(exporter, route, siblings, Left.Of(exporter)))
        {
            return Refusal(RouteReasons.MaxAutoCreatedReached, ProjectResolver.QuotaMessage(exporter));
        }

        // A create that was begun has had its turn.
        if (memory.IntentOf(route, exporter) is not null || _rate.Reserve(exporter, route) is not { Ticks: > 0 } wait)
        {
            return null;
        }

        var turn = timeProvider.GetUtcNow() + wait + Minute;
        return new ProjectOutcome(
            false,
            RouteReasons.CreationRateLimited,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the exporter creates no more than projects.maxCreatedPerMinute ({projects.MaxCreatedPerMinute}) projects a minute by itself: this one is tried before {turn:HH:mm} UTC"),
            null)
        {
            Recheck = ProjectRecheck.InTurn,
            RetryAfter = wait,
        };
    }

    /// <summary>Says what came of it: who needs no new project takes nobody's place.</summary>
    public void Leave(SentryProjectRoute route, SentryExporter exporter, ProjectOutcome? refusal, ProvisionResult result)
    {
        var isMissing = result.Error is { Reason: ProvisionErrorReason.ProjectNotFound };
        if (isMissing && refusal is not null && memory.StatusOf(route)?.Conditions.FindCondition(RouteReasons.ProjectReadyType)?.Reason != refusal.Reason)
        {
            AutoCreationMetrics.Refuse(refusal.Reason);
        }

        if (result.Project is { CreatedNow: true } || memory.IntentOf(route, exporter) is not null)
        {
            _rate.Use(exporter, route);
        }
        else if (refusal is null || result.Project is not null)
        {
            _rate.Return(exporter, route);
            if (result.Project is { Created: false } || (result.Project is null && memory.StatusOf(route)?.Project is not { Created: true }))
            {
                _quota.Forget(ObjectKey.Of(route));
            }
        }
    }

    /// <summary>The route is gone, or a person's now: its place is free.</summary>
    public void Forget(ObjectKey route) => _quota.Forget(route);

    private static ProjectOutcome Refusal(string reason, string message) => new(false, reason, message, null) { Recheck = ProjectRecheck.NowAndThen };
}
