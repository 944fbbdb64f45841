using System.Globalization;
using SentryOtel.Crds;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Operator.Projects;

/// <summary>Annotations and finalizer of a SentryProjectRoute.</summary>
internal static class RouteAnnotations
{
    /// <summary>Holds the route until its project is deleted, or known to stay.</summary>
    public const string Finalizer = SentryOtelGroup.Group + "/project";

    /// <summary>A create that is about to be sent, <c>slug@time</c>; see docs/decisions/0002-project-ownership.md.</summary>
    public const string CreatePending = SentryOtelGroup.Group + "/create-pending";

    /// <summary>Set to <c>true</c> by a person: let the route go and leave its project in Sentry, whatever deletionPolicy says.</summary>
    public const string AbandonProject = SentryOtelGroup.Group + "/abandon-project";

    /// <summary>True for what only this operator writes, and need not be woken by.</summary>
    public static bool IsOwn(string annotation) => annotation == CreatePending;

    public static bool IsAbandoned(SentryProjectRoute route) =>
        route.Metadata.Annotations?.TryGetValue(AbandonProject, out var value) == true && value == "true";

    public static RouteOrigin OriginOf(SentryProjectRoute route) =>
        route.Metadata.Annotations?.TryGetValue(SentryOtelGroup.OriginAnnotation, out var value) == true && Enum.TryParse<RouteOrigin>(value, out var origin)
            ? origin
            : RouteOrigin.Manual;

    public static CreateIntent? IntentOf(SentryProjectRoute route) =>
        route.Metadata.Annotations?.TryGetValue(CreatePending, out var value) == true
        && value.Split('@', 2) is [{ Length: > 0 } slug, var time]
        && DateTimeOffset.TryParseExact(time, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var at)
            ? new CreateIntent(slug, at)
            : null;

    public static string Format(CreateIntent intent) => string.Create(CultureInfo.InvariantCulture, $"{intent.Slug}@{intent.Time:O}");
}
