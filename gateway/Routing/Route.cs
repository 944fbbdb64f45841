using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing;

/// <summary>A way to a project.</summary>
/// <param name="Queue">Names the project's queue: the slug that was asked for, so that a rename or a new key keeps the queue.</param>
/// <param name="Target">Where to send.</param>
/// <param name="Limits">How much is taken for it; null for no bound.</param>
/// <param name="IsHeld">Sentry refused the project or key: data are taken, and wait until a look-up tells where they go.</param>
internal sealed record Route(string Queue, RouteTarget Target, RouteLimits? Limits = null, bool IsHeld = false);

/// <summary>What is known of a value of the routing attribute.</summary>
/// <param name="Kind">The case.</param>
/// <param name="Route">Set when <see cref="RouteAnswerKind.Active"/>.</param>
/// <param name="Project">The project's slug, for the books; <see cref="Accounts.Others"/> when it can not be told.</param>
/// <param name="Reason">Set when <see cref="RouteAnswerKind.None"/>.</param>
/// <param name="Message">For the client, when <see cref="RouteAnswerKind.None"/>.</param>
internal readonly record struct RouteAnswer(RouteAnswerKind Kind, Route? Route, string Project, RejectReason Reason, string Message)
{
    public static RouteAnswer Active(Route route) => new(RouteAnswerKind.Active, route, route.Target.ProjectSlug, default, string.Empty);

    public static RouteAnswer Wait(string project) => new(RouteAnswerKind.Wait, null, project, default, string.Empty);

    public static RouteAnswer Announce(string project) => new(RouteAnswerKind.Announce, null, project, default, string.Empty);

    public static RouteAnswer None(RejectReason reason, string message) => new(RouteAnswerKind.None, null, Accounts.Others, reason, message);
}

/// <summary>The cases of <see cref="RouteAnswer"/>.</summary>
internal enum RouteAnswerKind
{
    /// <summary>Data flow.</summary>
    Active,

    /// <summary>The project is being looked up or made.</summary>
    Wait,

    /// <summary>Nobody knows the value yet: announce it, then wait.</summary>
    Announce,

    /// <summary>There is no project, and none will come soon.</summary>
    None,
}
