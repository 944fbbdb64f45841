using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests.Monitoring;

/// <summary>The alerts, by Prometheus' own tool.</summary>
[Trait("Category", "Processes")]
public sealed class AlertTests
{
    private const string Promtool = "/usr/bin/promtool";

    private static readonly string Source = RepositoryFiles.PathOf("tests/Chart.Tests/Monitoring");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Promtool_finds_nothing_wrong_with_the_rules()
    {
        Assert.True(File.Exists(Promtool), "promtool is missing: run build/install-prerequisites");

        var answer = await CommandResult.RunAsync(Promtool, ["check", "rules", Alerts.Path], cancellationToken: Cancellation);

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.Contains($"{Alerts.All.Count} rules found", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alerts.test.yaml", false)]
    [InlineData("alert-texts.test.yaml", true)]
    public async Task Alerts_fire_when_they_should_and_only_then(string file, bool withTexts)
    {
        var folder = Directory.CreateTempSubdirectory("alerts-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "alerts.yaml"), withTexts ? await File.ReadAllTextAsync(Alerts.Path, Cancellation) : WithoutTexts(), Cancellation);
            var test = Path.Combine(folder.FullName, file);
            File.Copy(Path.Combine(Source, file), test);

            var answer = await CommandResult.RunAsync(Promtool, ["test", "rules", test], cancellationToken: Cancellation);

            Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Promtool_can_read_every_expression_of_the_dashboards()
    {
        var rules = new YamlSequenceNode(Dashboards.Expressions().Select(static (question, number) => new YamlMappingNode(
            "record", $"question:{number}",
            "expr", new YamlScalarNode(question.Expression.Replace("$__rate_interval", "5m", StringComparison.Ordinal)) { Style = YamlDotNet.Core.ScalarStyle.DoubleQuoted })));
        var path = Path.GetTempFileName();
        try
        {
            await using (var text = new StreamWriter(path))
            {
                new YamlStream(new YamlDocument(new YamlMappingNode("groups", new YamlSequenceNode(new YamlMappingNode("name", new YamlScalarNode("dashboards"), "rules", rules))))).Save(text, assignAnchors: false);
            }

            var answer = await CommandResult.RunAsync(Promtool, ["check", "rules", path], cancellationToken: Cancellation);

            Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
            Assert.Contains($"{rules.Children.Count} rules found", answer.Output, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Every_alert_is_seen_to_fire_in_a_test()
    {
        var fired = ((YamlSequenceNode)YamlFile.Read(Path.Combine(Source, "alerts.test.yaml"))["tests"])
            .SelectMany(static test => (YamlSequenceNode)test["alert_rule_test"])
            .Where(static expected => ((YamlSequenceNode)expected["exp_alerts"]).Children.Count > 0)
            .Select(static expected => expected["alertname"].ToString());

        Assert.Empty(Alerts.All.Select(static alert => alert.Name).Except(fired));
    }

    [Fact]
    public void Every_alert_says_what_it_is_how_bad_and_what_to_do()
    {
        Assert.All(Alerts.All, static alert =>
        {
            Assert.StartsWith("SentryOtel", alert.Name, StringComparison.Ordinal);
            Assert.Contains(alert.Labels["severity"], (string[])["critical", "warning", "info"]);
            Assert.Equal(["cure", "description", "summary"], alert.Annotations.Keys.Order(StringComparer.Ordinal));
            Assert.All(alert.Annotations.Values, static text => Assert.NotEmpty(text));
        });
    }

    private static string WithoutTexts()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(File.ReadAllText(Alerts.Path)));
        foreach (var rule in ((YamlSequenceNode)yaml.Documents[0].RootNode["groups"]).SelectMany(static group => (YamlSequenceNode)group["rules"]))
        {
            ((YamlMappingNode)rule).Children.Remove("annotations");
        }

        using var text = new StringWriter();
        yaml.Save(text, assignAnchors: false);
        return text.ToString();
    }
}
