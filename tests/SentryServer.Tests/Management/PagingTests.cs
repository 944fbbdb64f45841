using System.Text.RegularExpressions;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Management;

public sealed partial class PagingTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 2)]
    [InlineData(6, 3)]
    [InlineData(3, 100)]
    public async Task Following_next_until_it_has_no_results_finds_every_item_once(int projects, int perPage)
    {
        var slugs = Enumerable.Range(1, projects).Select(number => $"p{number:D3}").ToList();
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { Projects = slugs });
        var found = new List<string>();
        string? cursor = null;

        do
        {
            var page = await sentry.CallAsync("GET", $"organizations/acme/projects/?per_page={perPage}" + (cursor is null ? "" : $"&cursor={cursor}"));
            found.AddRange(page.Json.AsArray().Select(project => (string)project!["slug"]!));
            var links = Links().Matches(page.Header("Link")!);
            Assert.Equal(["previous", "next"], links.Select(link => link.Groups["rel"].Value));
            cursor = links[1].Groups["results"].Value == "true" ? links[1].Groups["cursor"].Value : null;
        }
        while (cursor is not null);

        Assert.Equal(slugs, found);
    }

    [Fact]
    public async Task Links_keep_the_other_query_fields_and_name_the_public_address()
    {
        await using var sentry = await TestSentry.StartAsync(configure: options => options with { PublicManagementUrl = new Uri("https://sentry.example") });

        var link = (await sentry.CallAsync("GET", "organizations/acme/projects/?query=slug:orders&per_page=1")).Header("Link")!;

        Assert.StartsWith("<https://sentry.example/api/0/organizations/acme/projects/?query=slug%3Aorders&per_page=1&cursor=0:0:1>; rel=\"previous\"; results=\"false\"", link, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("per_page=0")]
    [InlineData("per_page=101")]
    [InlineData("per_page=many")]
    [InlineData("cursor=next")]
    [InlineData("cursor=0:-1:0")]
    public async Task A_page_that_can_not_be_is_400(string query)
    {
        await using var sentry = await TestSentry.StartAsync();

        Assert.Equal(400, (await sentry.CallAsync("GET", $"organizations/acme/projects/?{query}")).Status);
    }

    [GeneratedRegex("""rel="(?<rel>\w+)"; results="(?<results>\w+)"; cursor="(?<cursor>[^"]+)\x22""")]
    private static partial Regex Links();
}
