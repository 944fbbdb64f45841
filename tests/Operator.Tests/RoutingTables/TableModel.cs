using SentryOtel.Operator.RoutingTables;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.Tests.RoutingTables;

/// <summary>Entries and settings to compile tables from.</summary>
internal static class TableModel
{
    public static readonly RoutingTableSettings Settings = new("shop/main", "service.name", "drop", "normalize", null);

    public static RouteEntry Active(string value, int project = 1) => new()
    {
        Value = value,
        State = RouteState.Active,
        Route = $"shop/{value}",
        Target = Target(project),
    };

    public static RouteEntry Pending(string value, string reason = "Pending") =>
        new() { Value = value, State = RouteState.Pending, Reason = reason, Route = $"shop/{value}" };

    public static RouteTarget Target(int project) => new()
    {
        ProjectId = $"{project}",
        ProjectSlug = $"project-{project}",
        PublicKey = "0123456789abcdef0123456789abcdef",
        TracesEndpoint = $"https://sentry.test/api/{project}/traces",
        LogsEndpoint = $"https://sentry.test/api/{project}/logs",
        Organization = "acme",
    };

    public static IReadOnlyDictionary<string, long> Generations(IEnumerable<RoutingTableSlice> slices) =>
        slices.SelectMany(static slice => slice.Routes).ToDictionary(static entry => entry.Value, static entry => entry.Generation, StringComparer.Ordinal);
}
