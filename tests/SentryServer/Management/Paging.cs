using System.Globalization;
using System.Text.Json.Nodes;

namespace SentryOtel.SentryServer.Management;

/// <summary>Sentry's cursor paging: a page of the list, and both links in the <c>Link</c> header whether or not they lead anywhere.</summary>
internal static class Paging
{
    private const int MaxPerPage = 100;

    public static ApiAnswer Page<T>(ApiCall call, IReadOnlyList<T> all, Func<T, JsonObject> toJson, int defaultPerPage = MaxPerPage)
    {
        if (!TryPerPage(call.Query("per_page"), defaultPerPage, out var perPage))
        {
            return ApiAnswer.Detail(400, $"Invalid per_page value. Must be between 1 and {MaxPerPage}.");
        }

        if (!TryOffset(call.Query("cursor"), out var offset))
        {
            return ApiAnswer.Detail(400, "Invalid cursor parameter.");
        }

        var items = all.Skip(offset).Take(perPage).Select(item => (JsonNode)toJson(item)).ToArray();
        var previous = Link(call, "previous", Math.Max(0, offset - perPage), isPrevious: true, hasResults: offset > 0);
        var next = Link(call, "next", offset + perPage, isPrevious: false, hasResults: offset + perPage < all.Count);
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

    private static bool TryOffset(string? cursor, out int offset)
    {
        offset = 0;
        return cursor is null || (cursor.Split(':') is [_, var text, "0" or "1"] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out offset));
    }

    private static string Link(ApiCall call, string rel, int offset, bool isPrevious, bool hasResults)
    {
        var cursor = string.Create(CultureInfo.InvariantCulture, $"0:{offset}:{(isPrevious ? 1 : 0)}");
        var others = call.QueryFields
            .Where(field => field.Key != "cursor")
            .SelectMany(field => field.Value.Select(value => $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(value ?? "")}&"));
        var origin = new Uri(call.Addresses.Management).GetLeftPart(UriPartial.Authority);
        return $"<{origin}{call.FullPath}?{string.Concat(others)}cursor={cursor}>; rel=\"{rel}\"; results=\"{(hasResults ? "true" : "false")}\"; cursor=\"{cursor}\"";
    }
}
