using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SentryOtel.Benchmarks.Load.Outages;

namespace SentryOtel.Benchmarks.Load;

/// <summary>The gateway under test, with the configuration of the run: all defaults, one DSN per service.</summary>
internal sealed partial class GatewayProcess : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly int _metrics;

    private GatewayProcess(ChildProcess process, int grpc, int http, int metrics, TimeSpan readyAfter)
    {
        Process = process;
        (Grpc, Http, _metrics) = (grpc, http, metrics);
        ReadyAfter = readyAfter;
    }

    public ChildProcess Process { get; }

    public int Grpc { get; }

    public int Http { get; }

    /// <summary>From the start of the process to the first 200 of the health check.</summary>
    public TimeSpan ReadyAfter { get; }

    /// <param name="options">Core and program.</param>
    /// <param name="dsns">From value of <c>service.name</c> to DSN.</param>
    /// <param name="memory">What memory it may use; null for the default.</param>
    public static async Task<GatewayProcess> StartAsync(LoadOptions options, IReadOnlyDictionary<string, string> dsns, GatewayMemory? memory = null)
    {
        memory ??= GatewayMemory.Unlimited;
        var (grpc, http, metrics, health) = (Loopback.FreePort(), Loopback.FreePort(), Loopback.FreePort(), Loopback.FreePort());
        var file = Path.Combine(options.Folder, "gateway.yaml");
        var mapping = string.Join(", ", dsns.Select(pair => $"{pair.Key}: \"{pair.Value}\""));
        var limiter = memory.Limiter.Length > 0 ? "memory_limiter, " : string.Empty;
        await File.WriteAllTextAsync(file, $$$"""
            receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:{{{grpc}}}"}, http: {endpoint: "127.0.0.1:{{{http}}}" } } } }
            processors: {batch: {}{{{memory.Limiter}}}}
            extensions: {health_check: {endpoint: "127.0.0.1:{{{health}}}" } }
            exporters:
              sentry:
                routing: {attribute_to_dsn_mapping: {{{{mapping}}}} }
            service:
              extensions: [health_check]
              telemetry: {metrics: {address: "127.0.0.1:{{{metrics}}}" } }
              pipelines:
                traces: {receivers: [otlp], processors: [{{{limiter}}}batch], exporters: [sentry]}
                logs: {receivers: [otlp], processors: [{{{limiter}}}batch], exporters: [sentry]}

            """);
        var watch = Stopwatch.StartNew();
        var process = ChildProcess.Start(options.GatewayCore, [.. memory.Within(options.Gateway), "--config", file]);
        var client = new HttpClient();
        await Loopback.WaitAsync(health, process);
        while (true)
        {
            using var answer = await client.GetAsync(new Uri($"http://127.0.0.1:{health}/"));
            if (answer.IsSuccessStatusCode)
            {
                client.Dispose();
                return new GatewayProcess(process, grpc, http, metrics, watch.Elapsed);
            }

            await Task.Delay(2);
        }
    }

    /// <summary>The gateway's own books, over all projects.</summary>
    public async Task<GatewayBooks> ReadAsync()
    {
        var samples = Sample().Matches(await _client.GetStringAsync(new Uri($"http://127.0.0.1:{_metrics}/metrics")));
        return new GatewayBooks(
            Sum("sentry_otel_gateway_items_accepted_total"),
            Sum("sentry_otel_gateway_items_sent_total"),
            Sum("sentry_otel_gateway_items_rejected_total"),
            Sum("sentry_otel_gateway_items_queued"),
            Sum("sentry_otel_gateway_requests_refused_total"),
            Sum("sentry_otel_gateway_admission_reserved_bytes"),
            By("sentry_otel_gateway_items_dropped_total", "reason"),
            By("dotnet_gc_collections_total", "gc_heap_generation"),
            Sum("dotnet_gc_heap_total_allocated_bytes_total"));

        long Sum(string name) => Of(name).Sum(Value);

        Dictionary<string, long> By(string name, string label) => Of(name)
            .GroupBy(sample => Regex.Match(sample.Groups["labels"].Value, $"{label}=\"([^\"]*)\"").Groups[1].Value)
            .ToDictionary(group => group.Key, group => group.Sum(Value));

        IEnumerable<Match> Of(string name) => samples.Where(sample => sample.Groups["name"].Value == name);

        static long Value(Match sample) => (long)double.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture);
    }

    /// <summary>Waits until nothing is queued; gives the books then.</summary>
    public async Task<GatewayBooks> DrainAsync()
    {
        while (true)
        {
            var books = await ReadAsync();
            if (books.Queued == 0)
            {
                return books;
            }

            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Process.DisposeAsync();
    }

    [GeneratedRegex(@"^(?<name>[a-z_0-9]+)(\{(?<labels>.*)\})? (?<value>\S+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();
}

