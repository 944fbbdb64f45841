using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>The dashboards are whole. That their metrics exist is a test of the running programs.</summary>
public sealed partial class DashboardTests
{
    public static TheoryData<string> Names { get; } = [.. Dashboards.All.Keys];

    [Fact]
    public void There_is_one_for_gateways_and_one_for_the_operator()
    {
        Assert.Equal(["gateway", "operator"], Dashboards.All.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2, Dashboards.All.Values.Select(static dashboard => (string?)dashboard["uid"]).Distinct().Count());
    }

    [Theory]
    [InlineData("gateway", "Is it well?|Traffic|Queues|Limits and drops by reason|Sentry|Process")]
    [InlineData("operator", "Is it well?|Exporters and routes|Sentry API and its budget|Gateways|Reconciles|API server")]
    public void Whether_it_is_well_comes_first(string name, string rows)
    {
        Assert.Equal(rows.Split('|'), Dashboards.Panels(Dashboards.All[name]).Where(IsRow).Select(static row => (string)row["title"]!));
        Assert.Subset(Dashboards.All[name]["templating"]!["list"]!.AsArray().Select(static variable => (string)variable!["name"]!).ToHashSet(), new HashSet<string> { "datasource", "namespace", "exporter" });
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Panels_have_a_place_of_their_own(string name)
    {
        var taken = new Dictionary<(int X, int Y), string>();
        foreach (var panel in Dashboards.Panels(Dashboards.All[name]))
        {
            var (x, y, w, h) = (Number(panel, "x"), Number(panel, "y"), Number(panel, "w"), Number(panel, "h"));
            Assert.InRange(x + w, 1, 24);
            foreach (var cell in Enumerable.Range(x, w).SelectMany(column => Enumerable.Range(y, h).Select(row => (column, row))))
            {
                Assert.True(taken.TryAdd(cell, (string)panel["title"]!), $"{panel["title"]} lies over {taken.GetValueOrDefault(cell)}");
            }
        }

        Assert.Distinct(Dashboards.Panels(Dashboards.All[name]).Select(static panel => (int)panel["id"]!));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_panel_asks_the_chosen_data_source_and_names_its_lines_by_labels_it_has(string name)
    {
        foreach (var panel in Dashboards.Panels(Dashboards.All[name]).Where(static panel => !IsRow(panel)))
        {
            Assert.NotEmpty((string)panel["title"]!);
            var targets = panel["targets"]!.AsArray();
            Assert.NotEmpty(targets);
            foreach (var target in targets)
            {
                Assert.Equal("${datasource}", (string?)target!["datasource"]!["uid"]);
                var (expression, legend) = ((string)target["expr"]!, (string?)target["legendFormat"] ?? "");
                var grouped = PromQuery.Read(expression).SelectMany(static asked => asked.Labels).ToHashSet(StringComparer.Ordinal);
                var isAggregated = expression.Contains(" by (", StringComparison.Ordinal);
                Assert.All(Legend().Matches(legend), label => Assert.True(!isAggregated || grouped.Contains(label.Groups[1].Value), $"{panel["title"]}: {legend}"));
            }
        }
    }

    private static bool IsRow(JsonNode panel) => (string?)panel["type"] == "row";

    private static int Number(JsonNode panel, string field) => (int)panel["gridPos"]![field]!;

    [GeneratedRegex("""\{\{(\w+)\}\}""")]
    private static partial Regex Legend();
}
