using SentryOtel.Crds;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Routing.Kubernetes;
using SentryOtel.Sentry.Routing;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Cli.Tracing;

/// <summary>A service without a route: what the gateway would do with its first data.</summary>
internal static class UnannouncedSteps
{
    /// <summary>What would happen, and the project that it would lead to; null when to none.</summary>
    public static (IReadOnlyList<TraceStep> Steps, string? Project) Of(TraceInput input)
    {
        var spec = input.Exporter.Spec;
        if (spec.DsnSecretRef is not null)
        {
            return ([TraceStep.Good("no route names the value: it goes to the project of the exporter's DSN, as everything without a route")], "of the exporter's DSN");
        }

        if (spec.Routing.AttributeToProjectMapping?.TryGetValue(input.Service, out var mapped) == true)
        {
            return ([TraceStep.Good($"no route names the value; routing.attributeToProjectMapping leads it to project {mapped}"), .. Entry(input)], mapped);
        }

        var none = TraceStep.Info("no SentryProjectRoute of this exporter names the value", [.. Near(input)]);
        var policy = spec.Routing.SlugPolicy == Crds.SlugPolicy.Normalize ? Sentry.Slugs.SlugPolicy.Normalize : Sentry.Slugs.SlugPolicy.Strict;
        if (!SlugResolver.TryResolve(input.Service, policy, input.Routes.Select(static route => route.Spec.AttributeValue), out var slug, out var error))
        {
            return ([none, TraceStep.Bad($"no project for it: {error}", "Write a SentryProjectRoute that names a project.")], null);
        }

        var project = slug == input.Service
            ? TraceStep.Good($"the value is a legal slug: project {slug}")
            : TraceStep.Good($"the value is no legal slug; slugPolicy {spec.Routing.SlugPolicy} makes it project {slug}");
        return Creation(input, slug) is { } hindrance ? ([none, project, hindrance], null) : ([none, project, Announced(input)], slug);
    }

    private static TraceStep? Creation(TraceInput input, string slug)
    {
        var spec = input.Exporter.Spec;
        if (!spec.AutoCreateProjects)
        {
            return TraceStep.Bad(
                "autoCreateProjects is off: the gateway refuses data of services without a route, and tells the client so",
                $"Label the workload ({spec.Discovery.LabelKey}={input.Service}) if project {slug} exists, write a SentryProjectRoute, or set autoCreateProjects.");
        }

        if (input.Service.Length > RouteAnnouncer.MaxValueLength)
        {
            return TraceStep.Bad($"the value is longer than {RouteAnnouncer.MaxValueLength} characters, the most that a route holds", "Give the service a shorter name.");
        }

        if (!new ServicePatterns(spec.Projects.AllowedServices, spec.Projects.DeniedServices).Allows(input.Service))
        {
            return TraceStep.Bad(
                "projects.allowedServices or projects.deniedServices keep the service from getting a project by itself: the gateway refuses its data, and tells the client so",
                Cures.For("ServiceNotAllowed"));
        }

        var left = input.Exporter.Status?.Projects is { WithoutRoute: { } noted } projects && !OrganizationUrl.IsElsewhere(input.Exporter, projects.OrganizationUrl) ? noted : [];
        var automatic = left.Count + input.Routes.Count(route =>
            route.Status is { Origin: RouteOrigin.Discovered or RouteOrigin.Telemetry, Project.Created: true } && !left.ContainsKey(route.Spec.Project?.Slug ?? ""));
        return automatic < spec.Projects.MaxAutoCreated || left.ContainsKey(slug)
            ? null
            : TraceStep.Bad($"the exporter has created {automatic} projects by itself, and may create {spec.Projects.MaxAutoCreated}", Cures.For("MaxAutoCreatedReached"));
    }

    private static TraceStep Announced(TraceInput input) => TraceStep.Good(
        $"autoCreateProjects is on: with its first data the gateway announces the service as route {RouteObjectName.For(input.Exporter.Metadata.Name!, input.Service)}, and keeps them until its project is there");

    private static IEnumerable<TraceStep> Entry(TraceInput input) => !input.IsTableKnown ? [] : input.Entry switch
    {
        null => [TraceStep.Unsure("the routing table does not have the value yet: the operator has to look the project up first")],
        { State: RouteState.Active, Target: { } target } => [TraceStep.Good($"the routing table leads it to project {target.ProjectSlug}")],
        var entry => [TraceStep.Bad($"the routing table holds it back: {entry.Reason}", Cures.For(entry.Reason))],
    };

    private static IEnumerable<TraceStep> Near(TraceInput input) =>
        NearMiss.Find(input.Service.ToLowerInvariant(), input.Routes.Select(static route => route.Spec.AttributeValue).Distinct(StringComparer.Ordinal)) is { } near
            ? [TraceStep.Unsure($"there is a route for \"{near}\"; values are compared exactly, so this one is another service", "If they are the same, make label, OTEL_SERVICE_NAME and route equal.")]
            : [];
}
