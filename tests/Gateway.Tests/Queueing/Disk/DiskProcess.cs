using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Cluster.Processes;
using SentryOtel.Gateway.Tests.Telemetry;
using SentryOtel.SentryServer;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>The gateway's program with its queue on a real disk, killed and started again on the same ports, and a stand-in Sentry that stays.</summary>
internal sealed class DiskProcess : IAsyncDisposable
{
    private const string Token = "sntryi_0123456789abcdef";
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-disk-").FullName;
    private readonly int _http = LoopbackPort.Free();
    private readonly int _health = LoopbackPort.Free();
    private readonly int _metrics = LoopbackPort.Free();
    private readonly HttpClient _client = new();
    private LocalProcess? _process;

    private DiskProcess(SentryServerHost sentry, string? queue)
    {
        Sentry = sentry;
        Queue = queue ?? Path.Combine(_folder, "queue");
    }

    public SentryServerHost Sentry { get; }

    /// <summary>The directory of the queue.</summary>
    public string Queue { get; }

    /// <summary>The directory of the exporter in it.</summary>
    public string Files => Path.Combine(Queue, "sentry");

    public string LogText
    {
        get
        {
            using var file = new FileStream(Path.Combine(_folder, "gateway.log"), FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd();
        }
    }

    public static async Task<DiskProcess> NewAsync(string? queue = null, params string[] projects) => new(
        await SentryServerHost.StartAsync(
            new SentryServerOptions { Projects = projects, Tokens = [new AccessToken(Token)] }, TestContext.Current.CancellationToken),
        queue);

    /// <summary>Starts the program and waits until it takes data.</summary>
    public async Task StartAsync()
    {
        var file = Path.Combine(_folder, "gateway.yaml");
        await File.WriteAllTextAsync(file, Yaml(), TestContext.Current.CancellationToken);
        var process = _process = LocalProcess.Start(Path.Combine(AppContext.BaseDirectory, "sentry-otel-gateway"), ["--config", file], Path.Combine(_folder, "gateway.log"));
        await Eventually.HoldsAsync(
            async () => process.HasExited || (await _client.GetAsync(Address(_health), TestContext.Current.CancellationToken)).IsSuccessStatusCode,
            StartLimit,
            "the gateway is ready",
            TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, process.LogTail());
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        var process = _process!;
        process.Send(SentryOtel.Cluster.Processes.Signal.Kill);
        await process.Exited;
        await process.DisposeAsync();
    }

    /// <summary>Posts an Export request; null when no answer came.</summary>
    public async Task<HttpStatusCode?> PostAsync(byte[] request)
    {
        using var content = new ByteArrayContent(request);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        try
        {
            using var response = await _client.PostAsync(new Uri(Address(_http), "v1/traces"), content, TestContext.Current.CancellationToken);

            // A body tells of a part that was rejected: one service a request, so that is the whole.
            var answer = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            return response.StatusCode == HttpStatusCode.OK && answer.Length > 0 ? HttpStatusCode.UnprocessableEntity : response.StatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return null;
        }
    }

    public Task<string> MetricsAsync() => _client.GetStringAsync(new Uri(Address(_metrics), "metrics"), TestContext.Current.CancellationToken);

    /// <summary>A counter of the queue on disk.</summary>
    public async Task<long> DiskCounterAsync(string name) =>
        (long)Exposition.Parse(await MetricsAsync()).Sum($"sentry_otel_gateway_queue_disk_{name}_total");

    /// <summary>What the next process will find; only while none runs.</summary>
    public IReadOnlyList<RemainingRecord> Remains() => DiskRemains.Read(Queue, "sentry");

    /// <summary>Names of all spans that arrived, as often as they did.</summary>
    public IReadOnlyList<string> Arrived() => [.. Sentry.State.Received.Spans().Select(span => span.Name)];

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _client.Dispose();
        await Sentry.DisposeAsync();
        Assert.DoesNotContain(Token, LogText, StringComparison.Ordinal);
        Directory.Delete(_folder, recursive: true);
    }

    private static Uri Address(int port) => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));

    private string Yaml() => $$$"""
        receivers: {otlp: {protocols: {http: {endpoint: "127.0.0.1:{{{_http}}}" } } } }
        processors: {batch: {timeout: 10ms}}
        extensions: {health_check: {endpoint: "127.0.0.1:{{{_health}}}" } }
        exporters:
          sentry:
            url: {{{Sentry.ManagementUrl}}}
            org_slug: acme
            auth_token: {{{Token}}}
            auto_create_projects: true
            retry_on_failure: {initial_interval: 20ms, max_interval: 100ms}
            queue: {storage: disk, directory: "{{{Queue}}}", max_bytes: 16MiB}
        service:
          extensions: [health_check]
          telemetry: {metrics: {address: "127.0.0.1:{{{_metrics}}}" } }
          pipelines:
            traces: {receivers: [otlp], processors: [batch], exporters: [sentry]}
        """;
}
