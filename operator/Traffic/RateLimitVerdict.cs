using System.Globalization;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Operator.Projects;

namespace SentryOtel.Operator.Traffic;

/// <summary>Whether Sentry limits a route's project, as the condition RateLimited says it.</summary>
internal sealed record RateLimitVerdict(string Status, string Reason, string Message)
{
    /// <summary>Decides.</summary>
    public static RateLimitVerdict Of(RouteObservation observation, DateTimeOffset now) => observation switch
    {
        { IsUnread: true } => new(
            ConditionStatus.Unknown, RouteReasons.GatewaysNotRead, "no gateway answers the operator on its port 8888; does a NetworkPolicy let the operator in?"),
        _ when observation.IsLimited(now) => new(ConditionStatus.True, RouteReasons.LimitedBySentry, Describe(observation.Limits.Where(limit => limit.Until > now))),
        _ => new(ConditionStatus.False, RouteReasons.NotRateLimited, "no gateway knows of a limit of Sentry's for the project"),
    };

    /// <summary>The limits in words, with their ends.</summary>
    public static string Describe(IEnumerable<SeenLimit> limits) =>
        $"Sentry limits {string.Join(" and ", limits.Select(Describe))}; gateways keep the data until then, within queue.maxAge";

    private static string Describe(SeenLimit limit)
    {
        var (what, category) = limit.Category switch
        {
            "" => ("everything", ""),
            "span" => ("spans", "span, "),
            "log_item" or "log_byte" => ("log records", limit.Category + ", "),
            _ => ("data", limit.Category + ", "),
        };
        return string.Create(CultureInfo.InvariantCulture, $"{what} ({category}{limit.Scope}) until {limit.Until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}");
    }
}
