using System.Diagnostics;
using System.Globalization;

namespace SentryOtel.Benchmarks.Load;

/// <summary>The gateway under test, with the configuration of the run: all defaults, one DSN per service.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private const string Prefix = "sentry_otel_gateway_";

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
    public static async Task<GatewayProcess> StartAsync(LoadOptions options, IReadOnlyDictionary<string, string> dsns)
    {
        var (grpc, http, metrics, health) = (Loopback.FreePort(), Loopback.FreePort(), Loopback.FreePort(), Loopback.FreePort());
        var file = Path.Combine(options.Folder, "gateway.yaml");
        var mapping = string.Join(", ", dsns.Select(pair => $"{pair.Key}: \"{pair.Value}\""));
        await File.WriteAllTextAsync(file, $$$"""
            receivers: {otlp: {protocols: {grpc: {endpoint: "127.0.0.1:{{{grpc}}}"}, http: {endpoint: "127.0.0.1:{{{http}}}" } } } }
            processors: {batch: {}}
            extensions: {health_check: {endpoint: "127.0.0.1:{{{health}}}" } }
            exporters:
              sentry:
                routing: {attribute_to_dsn_mapping: {{{{mapping}}}} }
            service:
              extensions: [health_check]
              telemetry: {metrics: {address: "127.0.0.1:{{{metrics}}}" } }
              pipelines:
                traces: {receivers: [otlp], processors: [batch], exporters: [sentry]}
                logs: {receivers: [otlp], processors: [batch], exporters: [sentry]}

            """);
        var watch = Stopwatch.StartNew();
        var process = ChildProcess.Start(options.GatewayCore, options.Gateway, "--config", file);
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
        var text = await _client.GetStringAsync(new Uri($"http://127.0.0.1:{_metrics}/metrics"));
        return new GatewayBooks(Sum("items_accepted_total"), Sum("items_sent_total"), Sum("items_dropped_total"), Sum("items_rejected_total"), Sum("items_queued"), Sum("requests_refused_total"));

        long Sum(string name) => text.Split('\n')
            .Where(line => line.StartsWith(Prefix + name, StringComparison.Ordinal) && line.AsSpan(Prefix.Length + name.Length) is ['{' or ' ', ..])
            .Sum(line => (long)double.Parse(line.AsSpan(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
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
}

/// <summary>Items (refused: requests) since the start.</summary>
internal readonly record struct GatewayBooks(long Accepted, long Sent, long Dropped, long Rejected, long Queued, long Refused)
{
    /// <summary>Nothing that was accepted is missing.</summary>
    public bool IsLossless => Accepted == Sent && Dropped == 0 && Queued == 0;
}
