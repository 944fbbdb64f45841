using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Health;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Hosting;

/// <summary>The running gateway. Starts from the inside out and stops from the outside in: entrances first, then the queues drain.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly GatewayConfiguration _configuration;
    private readonly GatewayServices _services;
    private readonly ILogger _logger;
    private readonly Dictionary<string, ExporterParts> _exporters;
    private readonly List<ReceiverPipeline> _pipelines = [];
    private readonly Dictionary<string, OtlpReceiver> _receivers = new(StringComparer.Ordinal);
    private readonly GatewayTelemetry _telemetry;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<HealthServer> _servers = [];
    private Task _routes = Task.CompletedTask;
    private volatile bool _listening;

    public GatewayHost(GatewayConfiguration configuration, GatewayServices services)
    {
        _configuration = configuration;
        _services = services;
        _logger = services.LoggerFactory.CreateLogger("SentryOtel.Gateway");
        Admission = new Admission(configuration.AdmissionBytes);
        _telemetry = new GatewayTelemetry(services.TimeProvider, services.Version, this);
        _exporters = configuration.Exporters.ToDictionary(
            pair => pair.Key, pair => new ExporterParts(pair.Value, BatchesOf(pair.Key), Admission, Accounts, _telemetry.Attempts, services), StringComparer.Ordinal);
        var counters = new IngestCounters();
        foreach (var (id, receiver) in configuration.Receivers)
        {
            var pipeline = new ReceiverPipeline(new PipelineGraph(ExportersBehind(id), receiver.CheckRecords), counters);
            _pipelines.Add(pipeline);
            _receivers[id] = new OtlpReceiver(receiver, pipeline, Admission, new ReceiverOptions { TimeProvider = services.TimeProvider }, services.LoggerFactory);
        }

        Exporters = [.. _exporters.Values.Select(parts => parts.Pipeline)];
        _telemetry.Attach(Accounts, counters, [.. _receivers.Values.Select(receiver => receiver.Refusals)], Admission, () => Exporters);
    }

    public Admission Admission { get; }

    public Accounts Accounts { get; } = new();

    public IReadOnlyList<ExporterPipeline> Exporters { get; }

    public IReadOnlyDictionary<string, OtlpReceiver> Receivers => _receivers;

    /// <summary>Where health is answered, once started.</summary>
    public Uri? HealthAddress { get; private set; }

    /// <summary>Where metrics are served, once started.</summary>
    public Uri? MetricsAddress { get; private set; }

    /// <summary>Why the gateway can not take its part yet; null once it can.</summary>
    public string? NotReady =>
        !_listening ? "the receivers do not listen yet" : Exporters.Select(exporter => exporter.Routes.NotReady is { } why ? $"exporter {exporter.Id}: {why}" : null).FirstOrDefault(why => why is not null);

    /// <summary>Starts everything.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_configuration.HealthCheck is { } health)
        {
            HealthAddress = await ServeAsync("health", health.Endpoint, endpoints => MapHealth(endpoints, health.Path), cancellationToken);
        }

        if (_configuration.Telemetry.MetricsEndpoint is { } metrics)
        {
            MetricsAddress = await ServeAsync("metrics", metrics, _telemetry.Map, cancellationToken);
        }

        _routes = Task.WhenAll(_exporters.Values.Select(parts => RunRoutesAsync(parts)));
        foreach (var receiver in _receivers.Values)
        {
            await receiver.StartAsync(cancellationToken);
        }

        _listening = true;
        Log.Started(_logger, _services.Version, _receivers.Count, _exporters.Count);
    }

    /// <summary>Stops: no more requests, then what is queued is sent for as long as the drain may take, then the rest is dropped and counted.</summary>
    public async Task StopAsync()
    {
        using var giveUp = new CancellationTokenSource(_configuration.DrainTimeout, _services.TimeProvider);
        _listening = false;
        _pipelines.ForEach(pipeline => pipeline.Stop());
        await Task.WhenAll(_receivers.Values.Select(receiver => receiver.StopAsync(giveUp.Token)));
        await Task.WhenAll(Exporters.Select(exporter => exporter.DrainAsync(giveUp.Token)));
        await _stop.CancelAsync();
        await _routes;
        Log.Stopped(_logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _routes;
        foreach (var receiver in _receivers.Values)
        {
            await receiver.DisposeAsync();
        }

        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        foreach (var parts in _exporters.Values)
        {
            parts.Dispose();
        }

        _telemetry.Dispose();
        _stop.Dispose();
    }

    private Dictionary<OtlpSignal, BatchConfiguration> BatchesOf(string exporter) => _configuration.Pipelines
        .Where(pipeline => pipeline.Exporters.Contains(exporter))
        .DistinctBy(pipeline => pipeline.Signal)
        .ToDictionary(pipeline => pipeline.Signal, pipeline => pipeline.Batch);

    private Dictionary<OtlpSignal, IReadOnlyList<ExporterPipeline>> ExportersBehind(string receiver) => _configuration.Pipelines
        .Where(pipeline => pipeline.Receivers.Contains(receiver))
        .GroupBy(pipeline => pipeline.Signal)
        .ToDictionary(
            group => group.Key,
            group => (IReadOnlyList<ExporterPipeline>)[.. group.SelectMany(pipeline => pipeline.Exporters).Distinct().Select(id => _exporters[id].Pipeline)]);

    private async Task<Uri?> ServeAsync(string name, ListenEndpoint endpoint, Action<IEndpointRouteBuilder> map, CancellationToken cancellationToken)
    {
        var server = new HealthServer(name, endpoint.ToIPEndPoint(), map, _services.LoggerFactory);
        _servers.Add(server);
        await server.StartAsync(cancellationToken);
        return server.Address;
    }

    private void MapHealth(IEndpointRouteBuilder endpoints, string path)
    {
        var checks = new HealthChecks(_services.LoggerFactory);
        checks.AddReadiness("gateway", () => NotReady is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy);
        endpoints.MapHealth(checks);
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context =>
        {
            // The Collector's answer, so that its probes work unchanged.
            var ready = NotReady is null;
            context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(ready ? "{\"status\":\"Server available\"}" : "{\"status\":\"Server not available\"}", context.RequestAborted);
        }));
    }

    private async Task RunRoutesAsync(ExporterParts parts)
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await parts.Routes.RunAsync(_stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.RoutesFailed(_logger, exception, parts.Pipeline.Id);
                await Task.Delay(TimeSpan.FromSeconds(5), _services.TimeProvider, CancellationToken.None).WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
