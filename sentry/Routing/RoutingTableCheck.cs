using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Sentry.Routing;

/// <summary>Checks a slice field by field. What is read comes from outside of the process and decides where data go.</summary>
internal static class RoutingTableCheck
{
    public static string? FindError(RoutingTableSlice slice)
    {
        if (slice.Version != RoutingTableJson.CurrentVersion)
        {
            return $"version: {slice.Version} is not known here, only {RoutingTableJson.CurrentVersion}";
        }

        if (slice.SliceCount < 1)
        {
            return $"sliceCount: {slice.SliceCount} is less than 1";
        }

        if (slice.SliceIndex < 0 || slice.SliceIndex >= slice.SliceCount)
        {
            return $"sliceIndex: {slice.SliceIndex} is not within 0..{slice.SliceCount - 1}";
        }

        if (slice.RoutingAttribute is not { Length: > 0 })
        {
            return "routingAttribute: empty";
        }

        if (slice.OnMissingAttribute is not ("drop" or "fallback"))
        {
            return "onMissingAttribute: neither drop nor fallback";
        }

        if (slice.SlugPolicy is not ("strict" or "normalize"))
        {
            return "slugPolicy: neither strict nor normalize";
        }

        if (slice.Fallback is { } fallback && FindError(fallback, "fallback") is { } error)
        {
            return error;
        }

        if (slice.LeftSlugs?.Any(static slug => slug is not { Length: > 0 }) == true)
        {
            return "leftSlugs: one is empty";
        }

        return slice.Routes is null ? "routes: null" : FindError(slice, slice.Routes);
    }

    private static string? FindError(RoutingTableSlice slice, IReadOnlyList<RouteEntry> routes)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < routes.Count; i++)
        {
            var entry = routes[i];
            var path = $"routes[{i}]";
            if (entry?.Value is not { Length: > 0 })
            {
                return $"{path}.value: empty";
            }

            if (!seen.Add(entry.Value))
            {
                return $"{path}.value: the value is there twice";
            }

            if (RoutingTable.SliceOf(entry.Value, slice.SliceCount) != slice.SliceIndex)
            {
                return $"{path}.value: belongs to slice {RoutingTable.SliceOf(entry.Value, slice.SliceCount)}, not {slice.SliceIndex}";
            }

            if (entry.State == RouteState.Active && entry.Target is null)
            {
                return $"{path}.target: missing for an Active route";
            }

            if (entry.Target is { } target && FindError(target, path + ".target") is { } error)
            {
                return error;
            }

            if (entry.RateLimit is { } limit && (limit.ItemsPerSecond is <= 0 || limit.BytesPerSecond is <= 0))
            {
                return $"{path}.rateLimit: not positive";
            }

            if (entry.Weight is < 1 or > RouteEntry.MaxWeight)
            {
                return $"{path}.weight: not within 1..{RouteEntry.MaxWeight}";
            }
        }

        return null;
    }

    private static string? FindError(RouteTarget target, string path) => target switch
    {
        _ when !Dsn.IsProjectId(target.ProjectId) => $"{path}.projectId: not a positive decimal number",
        { ProjectSlug: not { Length: > 0 } } => $"{path}.projectSlug: empty",
        _ when !Dsn.IsPublicKey(target.PublicKey) => $"{path}.publicKey: not 32 hex digits",
        _ when !IsAddress(target.TracesEndpoint) => $"{path}.tracesEndpoint: not an http or https address",
        _ when !IsAddress(target.LogsEndpoint) => $"{path}.logsEndpoint: not an http or https address",
        _ => null,
    };

    private static bool IsAddress(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0;
}
