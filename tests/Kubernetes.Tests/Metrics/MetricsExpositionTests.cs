using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Health;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Kubernetes.Queueing;

namespace SentryOtel.Kubernetes.Tests.Metrics;

public sealed class MetricsExpositionTests : IDisposable
{
    private readonly Meter _meter;
    private readonly MetricsExposition _exposition;

    public MetricsExpositionTests()
    {
        var scope = new object();
        _exposition = new MetricsExposition(new MetricsExpositionOptions { Includes = meter => ReferenceEquals(meter.Scope, scope), MaxSeriesPerInstrument = 3 });
        _meter = new Meter(new MeterOptions("test") { Scope = scope });
    }

    public void Dispose()
    {
        _meter.Dispose();
        _exposition.Dispose();
    }

    [Fact]
    public void Counters_add_up_by_labels_whatever_their_order()
    {
        var counter = _meter.CreateCounter<long>("requests_total", null, "Requests.");
        counter.Add(2, new("code", "200"), new KeyValuePair<string, object?>("method", "GET"));
        counter.Add(3, new("method", "GET"), new KeyValuePair<string, object?>("code", "200"));
        counter.Add(0, new KeyValuePair<string, object?>("code", 500));

        Assert.Equal(
            "# HELP requests_total Requests.\n# TYPE requests_total counter\nrequests_total{code=\"200\",method=\"GET\"} 5\nrequests_total{code=\"500\"} 0\n",
            _exposition.Render());
    }

    [Fact]
    public void Gauges_show_the_latest_and_up_down_counters_the_sum()
    {
        var gauge = _meter.CreateGauge<double>("temperature");
        gauge.Record(5);
        gauge.Record(-1.5);
        var depth = _meter.CreateUpDownCounter<int>("workqueue_depth");
        depth.Add(5);
        depth.Add(-2);

        Assert.Equal("# TYPE temperature gauge\ntemperature -1.5\n# TYPE workqueue_depth gauge\nworkqueue_depth 3\n", _exposition.Render());
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_with_inclusive_bounds()
    {
        var histogram = _meter.CreateHistogram(
            "wait", "s", "Waits.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in new[] { 0.5, 0.7, 30 })
        {
            histogram.Record(value, new KeyValuePair<string, object?>("q", "a"));
        }

        Assert.Equal(
            """
            # HELP wait_seconds Waits.
            # TYPE wait_seconds histogram
            wait_seconds_bucket{q="a",le="0.5"} 1
            wait_seconds_bucket{q="a",le="1"} 2
            wait_seconds_bucket{q="a",le="+Inf"} 3
            wait_seconds_sum{q="a"} 31.2
            wait_seconds_count{q="a"} 3

            """.ReplaceLineEndings("\n"),
            _exposition.Render());
    }

    [Fact]
    public void Observed_values_are_read_at_each_scrape_and_go_when_they_are_no_longer_reported()
    {
        var depths = new Dictionary<string, int> { ["a"] = 1, ["b"] = 2 };
        _meter.CreateObservableGauge("depth", () => depths.Select(pair => new Measurement<int>(pair.Value, new KeyValuePair<string, object?>("q", pair.Key))));
        Assert.Equal("# TYPE depth gauge\ndepth{q=\"a\"} 1\ndepth{q=\"b\"} 2\n", _exposition.Render());

        depths.Remove("a");
        depths["b"] = 7;
        Assert.Equal("# TYPE depth gauge\ndepth{q=\"b\"} 7\n", _exposition.Render());
    }

    [Fact]
    public void Labels_and_help_are_escaped_and_names_made_valid()
    {
        _meter.CreateCounter<int>("gateway.items", "By", "back\\slash\nand line")
            .Add(1, new KeyValuePair<string, object?>("service.name", "a\"b\\c\nd"));

        Assert.Equal(
            "# HELP gateway_items_bytes_total back\\\\slash\\nand line\n# TYPE gateway_items_bytes_total counter\n"
            + "gateway_items_bytes_total{service_name=\"a\\\"b\\\\c\\nd\"} 1\n",
            _exposition.Render());
    }

    [Fact]
    public void Series_beyond_the_limit_are_gathered_so_that_the_sum_stays_right()
    {
        var counter = _meter.CreateCounter<int>("c");
        for (var project = 0; project < 100; project++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("project", project));
        }

        var lines = _exposition.Render().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).ToArray();
        Assert.Equal(4, lines.Length);
        Assert.Contains("c_total{otel_metric_overflow=\"true\"} 97", lines);
    }

    [Fact]
    public async Task Concurrent_additions_are_all_counted()
    {
        var counter = _meter.CreateCounter<double>("c");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("a", "b"));
            }
        })));

        Assert.Contains("c_total{a=\"b\"} 40000\n", _exposition.Render(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_work_queue_shows_client_gos_series_from_the_start()
    {
        var scope = new object();
        using var exposition = new MetricsExposition(new MetricsExpositionOptions { Includes = meter => ReferenceEquals(meter.Scope, scope) });
        using var metrics = new RuntimeMetrics(scope);
        var queueMetrics = new WorkQueueMetrics(metrics, "routes", "routes");
        using var queue = new WorkQueue<string>(RateLimiters.Default<string>(TimeProvider.System, new Random(1)), TimeProvider.System, queueMetrics);
        queueMetrics.Watch(queue);

        queue.Add("a");

        var text = exposition.Render();
        Assert.Contains("workqueue_adds_total{name=\"routes\",controller=\"routes\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_retries_total{name=\"routes\",controller=\"routes\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_depth{name=\"routes\",controller=\"routes\",priority=\"0\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_depth{name=\"routes\",controller=\"routes\",priority=\"-100\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_unfinished_work_seconds{name=\"routes\",controller=\"routes\"} 0\n", text, StringComparison.Ordinal);
        Assert.Contains("workqueue_longest_running_processor_seconds{name=\"routes\",controller=\"routes\"} 0\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_served_as_prometheus_text()
    {
        _meter.CreateCounter<int>("served").Add(1);
        await using var server = new HealthServer(
            "metrics", BindAddress.Parse("127.0.0.1:0")!, endpoints => endpoints.MapMetrics(_exposition), NullLoggerFactory.Instance);
        await server.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();

        using var response = await http.GetAsync(new Uri(server.Address!, "/metrics"), TestContext.Current.CancellationToken);

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", response.Content.Headers.ContentType!.ToString());
        Assert.Equal("# TYPE served_total counter\nserved_total 1\n", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        await server.StopAsync(TestContext.Current.CancellationToken);
    }
}
