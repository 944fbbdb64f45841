using System.Text.Json.Nodes;

namespace SentryOtel.Chart.Tests;

/// <summary>Objects for Prometheus and Grafana.</summary>
[Trait("Category", "Processes")]
public sealed class MonitoringTests
{
    [Theory]
    [InlineData("metrics.serviceMonitor.enabled")]
    [InlineData("metrics.prometheusRule.enabled")]
    public async Task Without_the_Prometheus_operator_the_value_that_needs_it_is_named(string value)
    {
        var refusal = await Chart.RefusalAsync("--set", $"{value}=true");

        Assert.Contains($"{value} is true, but this cluster does not serve {Chart.Monitoring}", refusal, StringComparison.Ordinal);
        Assert.Contains($"set {value} to false", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ServiceMonitor_needs_the_Service()
    {
        var refusal = await Chart.RefusalAsync("--api-versions", Chart.Monitoring, "--set", "metrics.serviceMonitor.enabled=true,metrics.service.enabled=false");

        Assert.Contains("Set metrics.service.enabled to true", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_ServiceMonitor_finds_the_Service_of_the_operator()
    {
        var objects = await Chart.RenderFileAsync("full-values.yaml");

        var monitor = Chart.ToJson(objects["ServiceMonitor/monitoring/sentry-otel-full"])!;
        var service = Chart.ToJson(objects["Service/sentry-otel-full-metrics"])!;
        Assert.Equal([Chart.Namespace], monitor["spec"]!["namespaceSelector"]!["matchNames"]!.AsArray().Select(static name => (string?)name));
        Assert.All(monitor["spec"]!["selector"]!["matchLabels"]!.AsObject(), label => Assert.Equal((string?)label.Value, (string?)service["metadata"]!["labels"]![label.Key]));
        var endpoint = Assert.Single(monitor["spec"]!["endpoints"]!.AsArray())!;
        Assert.Contains(service["spec"]!["ports"]!.AsArray(), port => (string?)port!["name"] == (string?)endpoint["port"]);
        Assert.Equal(("30s", "10s", true), ((string?)endpoint["interval"], (string?)endpoint["scrapeTimeout"], (bool)endpoint["honorLabels"]!));
    }

    [Fact]
    public async Task Alerts_can_be_left_out_labelled_and_added()
    {
        var rule = Chart.ToJson((await Chart.RenderFileAsync("full-values.yaml"))["PrometheusRule/monitoring/sentry-otel-full"])!;

        var alerts = rule["spec"]!["groups"]!.AsArray().SelectMany(static group => group!["rules"]!.AsArray()).ToDictionary(static alert => (string)alert!["alert"]!);
        Assert.DoesNotContain("SentryOtelDataRejected", alerts.Keys);
        Assert.Contains("Mine", alerts.Keys);
        Assert.Equal(("observability", "critical"), ((string?)alerts["SentryOtelDataDropped"]!["labels"]!["team"], (string?)alerts["SentryOtelDataDropped"]!["labels"]!["severity"]));
    }

    [Fact]
    public async Task An_alert_that_does_not_exist_can_not_be_left_out()
    {
        var refusal = await Chart.RefusalAsync("--api-versions", Chart.Monitoring, "--set", "metrics.prometheusRule.enabled=true,metrics.prometheusRule.disabled={SentryOtelDataDroped}");

        Assert.Contains("metrics.prometheusRule.disabled names SentryOtelDataDroped, and there is no such alert; there are: SentryOtelDataDropped", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_dashboard_is_a_ConfigMap_that_Grafanas_sidecar_finds()
    {
        var objects = await Chart.RenderFileAsync("full-values.yaml");

        foreach (var name in (string[])["gateway", "operator"])
        {
            var map = Chart.ToJson(objects[$"ConfigMap/monitoring/sentry-otel-full-dashboard-{name}"])!;
            Assert.Equal("1", (string?)map["metadata"]!["labels"]!["grafana_dashboard"]);
            Assert.Equal("Sentry", (string?)map["metadata"]!["annotations"]!["grafana_folder"]);
            var text = (string)Assert.Single(map["data"]!.AsObject()).Value!;
            Assert.True(JsonNode.DeepEquals(JsonNode.Parse(text), JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Chart.Folder, "files", "dashboards", $"{name}.json"), TestContext.Current.CancellationToken))));
        }
    }

    [Fact]
    public async Task Nothing_of_it_is_there_unless_asked_for()
    {
        var objects = await Chart.RenderFileAsync("default-values.yaml");

        Assert.DoesNotContain(objects.Keys, static key => key.StartsWith("ServiceMonitor", StringComparison.Ordinal) || key.StartsWith("PrometheusRule", StringComparison.Ordinal) || key.StartsWith("ConfigMap", StringComparison.Ordinal));
    }
}
