using SentryOtel.Crds;

namespace SentryOtel.Operator.Projects;

/// <summary>Annotations and finalizer of a SentryProjectRoute.</summary>
internal static class RouteAnnotations
{
    /// <summary>Holds the route until its project is deleted, or known to stay.</summary>
    public const string Finalizer = SentryOtelGroup.Group + "/project";

    /// <summary>Set to <c>true</c> by a person: let the route go and leave its project in Sentry, whatever deletionPolicy says.</summary>
    public const string AbandonProject = SentryOtelGroup.Group + "/abandon-project";

    public static bool IsAbandoned(SentryProjectRoute route) =>
        route.Metadata.Annotations?.TryGetValue(AbandonProject, out var value) == true && value == "true";

    /// <summary>
    /// Who wrote the route. What its status says a person wrote stays that person's: who may only annotate it, as a gateway, can not have it counted, or deleted when unused, as one that
    /// nobody wrote.
    /// </summary>
    public static RouteOrigin OriginOf(SentryProjectRoute route) =>
        route.Status?.Origin != RouteOrigin.Manual
        && route.Metadata.Annotations?.TryGetValue(SentryOtelGroup.OriginAnnotation, out var value) == true && Enum.TryParse<RouteOrigin>(value, out var origin)
            ? origin
            : RouteOrigin.Manual;
}
