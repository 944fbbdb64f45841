using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>Sentry's cursor paging: a page of the list, and both links in the <c>Link</c> header whether or not they lead anywhere.</summary>
internal static class Paging
{
    private const int MaxPerPage = 100;

    /// <summary>What odd cursors begin with; the true one follows.</summary>
    private const string OddPrefix = "a;b, c&d=e+f/%20<g>#?|";

    public static ApiAnswer Page<T>(ApiCall call, IReadOnlyList<T> all, Func<T, JsonObject> toJson, int defaultPerPage = MaxPerPage)
    {
        if (!TryPerPage(call.Query("per_page"), defaultPerPage, out var perPage))
        {
            return ApiAnswer.Detail(400, $"Invalid per_page value. Must be between 1 and {MaxPerPage}.");
        }

        var quirks = call.State.Modes.Paging;
        var cursor = call.Query("cursor");
        if (!TryOffset(cursor, quirks, out var offset))
        {
            return ApiAnswer.Detail(400, "Invalid cursor parameter.");
        }

        perPage = Math.Min(perPage, quirks.PageSize ?? perPage);
        var isEmpty = quirks.EmptyFirstPage && cursor is null;
        var repeated = quirks.Duplicates && offset > 0 ? 1 : 0;
        var items = isEmpty ? [] : all.Skip(offset - repeated).Take(perPage + repeated).Select(item => (JsonNode)toJson(item)).ToArray();
        var end = isEmpty ? 0 : offset + perPage;
        var previous = Link(call, "previous", Math.Max(0, offset - perPage), isPrevious: true, hasResults: offset > 0);
        var next = Link(call, "next", end, isPrevious: false, hasResults: end < all.Count || isEmpty);
        return ApiAnswer.Ok(new JsonArray(items)) with
        {
            Headers = new Dictionary<string, string> { ["Link"] = $"{previous}, {next}", ["X-Hits"] = all.Count.ToString(CultureInfo.InvariantCulture) },
        };
    }

    private static bool TryPerPage(string? text, int defaultPerPage, out int perPage)
    {
        perPage = defaultPerPage;
        return text is null || (int.TryParse(text, CultureInfo.InvariantCulture, out perPage) && perPage is >= 1 and <= MaxPerPage);
    }

    private static bool TryOffset(string? cursor, PagingQuirks quirks, out int offset)
    {
        offset = 0;
        if (cursor is null)
        {
            return true;
        }

        if (quirks.OddCursors)
        {
            if (!cursor.StartsWith(OddPrefix, StringComparison.Ordinal))
            {
                return false;
            }

            cursor = cursor[OddPrefix.Length..];
        }

        return cursor.Split(':') is [_, var text, "0" or "1"] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset);
    }

    private static string Link(ApiCall call, string rel, int offset, bool isPrevious, bool hasResults)
    {
        var quirks = call.State.Modes.Paging;
        var cursor = string.Create(CultureInfo.InvariantCulture, $"{(quirks.OddCursors ? OddPrefix : "")}0:{offset}:{(isPrevious ? 1 : 0)}");
        var others = call.QueryFields
            .Where(field => field.Key != "cursor")
            .SelectMany(field => field.Value.Select(value => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(value ?? "")}&"));
        var origin = quirks.LinkOrigin ?? new Uri(call.Addresses.Management).GetLeftPart(UriPartial.Authority);
        var address = $"{origin}{call.FullPath}?{string.Concat(others)}cursor={(quirks.OddCursors ? Uri.EscapeDataString(cursor) : cursor)}";
        return $"<{address}>; rel=\"{rel}\"; results=\"{(hasResults ? "true" : "false")}\"; cursor=\"{cursor}\"";
    }
}
