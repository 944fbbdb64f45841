using System.Text.Json;
using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Tests.Traffic;

/// <summary>Documents that no gateway writes, and somebody who has taken one over may.</summary>
public sealed class GatewayDocumentBoundsTests
{
    private static readonly DateTimeOffset Opened = Documents.Start;

    [Theory]
    [InlineData("""{"exporters": [null]}""")]
    [InlineData("""{"exporters": [{"exporter": null, "routes": [{"project": "orders", "projectId": "7", "signal": "traces"}]}]}""")]
    [InlineData("""{"exporters": [{"exporter": "main", "routes": null}]}""")]
    [InlineData("""{"exporters": [{"exporter": "main", "routes": [null]}]}""")]
    [InlineData("""{"exporters": [{"exporter": "main", "routes": [{"project": null, "projectId": null, "signal": "traces", "accepted": 1}]}]}""")]
    [InlineData("""{"exporters": [{"exporter": "main", "routes": [{"project": "orders", "projectId": "7", "signal": null, "accepted": 1}]}]}""")]
    public void What_is_missing_is_left_out(string json) => Assert.Equal(default, Live(json));

    [Fact]
    public void A_project_without_a_slug_is_known_by_its_id() =>
        Assert.Equal(new TrafficCounts(3, 2, 1), Live("""{"exporters": [{"exporter": "main", "routes": [{"project": null, "projectId": "7", "signal": "traces", "accepted": 3, "sent": 2, "dropped": {"expired": 1}}]}]}"""));

    [Fact]
    public void Counts_beyond_all_bounds_are_the_largest_number_and_less_than_nothing_is_nothing()
    {
        const string Json = """
            {"exporters": [{"exporter": "main", "routes": [
              {"project": "a", "projectId": "7", "signal": "traces", "accepted": 9223372036854775807, "sent": -5, "dropped": {"expired": 9223372036854775807, "rejected": 1, "lost": -3}},
              {"project": "a", "projectId": "7", "signal": "logs", "accepted": 9223372036854775807, "sent": 2, "dropped": {"expired": 9223372036854775807}}]}]}
            """;

        Assert.Equal(new TrafficCounts(long.MaxValue, 2, long.MaxValue), Live(Json));
    }

    [Theory]
    [InlineData("\"span\"", "\"project\"", true)]
    [InlineData("\"\"", "\"key\"", true)]
    [InlineData("null", "\"project\"", false)]
    [InlineData("\"span\"", "null", false)]
    [InlineData("\"span until never; see http://elsewhere\"", "\"project\"", false)]
    public void A_limit_is_told_in_Sentrys_words_alone(string category, string scope, bool told)
    {
        var ledger = Observe($$$"""
            {"exporters": [{"exporter": "main", "routes": [{"project": "a", "projectId": "7", "signal": "traces", "hold": "rate_limited", "heldForSeconds": 60,
              "limit": {"category": {{{category}}}, "scope": {{{scope}}}}}]}]}
            """);

        Assert.Equal(told ? 1 : 0, ledger.Of("7", Opened).Limits.Count);
    }

    [Fact]
    public void A_gateway_that_names_other_projects_each_time_does_not_fill_the_memory()
    {
        var books = new GatewayBooks(null, countsAreNew: true);
        var told = 0;
        for (var round = 0; round < 3; round++)
        {
            var queues = Enumerable.Range(round * 15_000, 15_000).Select(static id => Documents.Queue(1, 1, project: $"{id}")).ToList();
            told += books.Read(Documents.Of(Opened, null, queues), Opened).Count();
        }

        Assert.Equal(20_000, told);
        Assert.NotNull(books.Find("0"));
        Assert.Null(books.Find("44999"));
    }

    private static TrafficCounts Live(string json) => Observe(json).Of("7", Opened).Live;

    private static TrafficLedger Observe(string json)
    {
        var ledger = new TrafficLedger(Opened);
        ledger.Observe("a", JsonSerializer.Deserialize(json, GatewayDocumentJson.Default.GatewayDocument)!.Bounded(), Opened);
        ledger.Keep(["a"], Opened);
        return ledger;
    }
}
