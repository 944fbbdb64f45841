using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting.Reloading;
using SentryOtel.Gateway.Hosting.Running;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Health;

namespace SentryOtel.Gateway.Hosting;

/// <summary>
/// The running gateway. Starts from the inside out and stops from the outside in: entrances first, then the queues drain. Takes another configuration while it runs.
/// </summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private readonly GatewayServices _services;
    private readonly ILogger _logger;
    private readonly RunningExporters _exporters;
    private readonly RunningReceivers _receivers;
    private readonly ProbeServers _probes;
    private readonly GatewayTelemetry _telemetry;
    private readonly SemaphoreSlim _changing = new(1, 1);
    private volatile GatewayConfiguration _configuration;
    private volatile bool _listening;
    private volatile bool _stopping;

    public GatewayHost(GatewayConfiguration configuration, GatewayServices services)
    {
        _configuration = configuration;
        _services = services;
        _logger = services.LoggerFactory.CreateLogger("SentryOtel.Gateway");
        Admission = new Admission(configuration.AdmissionBytes);
        _telemetry = new GatewayTelemetry(services.TimeProvider, services.Version, this);
        Reloads = new ReloadState(services.TimeProvider, this);
        var counters = new IngestCounters();
        _exporters = new RunningExporters(Admission, Accounts, _telemetry.Attempts, services, _logger);
        _receivers = new RunningReceivers(Admission, counters, services, _logger);
        _probes = new ProbeServers(services.LoggerFactory);
        _telemetry.Attach(Accounts, counters, _receivers.Refusals, _receivers.Renewals, Admission, () => Exporters, () => NotReady);
    }

    public Admission Admission { get; }

    public Accounts Accounts { get; } = new();

    /// <summary>How the configuration was last taken.</summary>
    public ReloadState Reloads { get; }

    /// <summary>Every exporter that may hold data.</summary>
    public IReadOnlyList<ExporterPipeline> Exporters => _exporters.All;

    public IReadOnlyDictionary<string, OtlpReceiver> Receivers => _receivers.ById;

    /// <summary>What is in force.</summary>
    public GatewayConfiguration Configuration => _configuration;

    /// <summary>Where health is answered, once started.</summary>
    public Uri? HealthAddress => _probes.AddressOf("health");

    /// <summary>Where metrics are served, once started.</summary>
    public Uri? MetricsAddress => _probes.AddressOf("metrics");

    /// <summary>Why the gateway can not take its part yet; null once it can.</summary>
    public string? NotReady => _stopping ? "the gateway stops" : _listening ? _exporters.NotReady : "the receivers do not listen yet";

    /// <summary>Starts everything.</summary>
    /// <exception cref="IOException">An address is in use, or the place of a queue can not be used.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ChangeAsync(_configuration, new ConfigurationChange([]), cancellationToken);
        _listening = true;
        Log.Started(_logger, _services.Version, _receivers.Count, _exporters.Count);
    }

    /// <summary>
    /// Puts another configuration in force without refusing a request or losing an item: requests in progress end under the one before. Nothing changes when it throws.
    /// </summary>
    /// <exception cref="IOException">A new address is in use, or the place of a new queue can not be used.</exception>
    /// <exception cref="KubernetesConfigurationException">Routes are to come from a cluster, and there is none.</exception>
    public async Task<ConfigurationChange> ReloadAsync(GatewayConfiguration configuration, CancellationToken cancellationToken)
    {
        await _changing.WaitAsync(cancellationToken);
        try
        {
            var change = _configuration.Values.To(configuration.Values);
            if (_listening && !change.IsEmpty)
            {
                await ChangeAsync(configuration, change, cancellationToken);
            }

            return change;
        }
        finally
        {
            _changing.Release();
        }
    }

    /// <summary>Stops: after the farewell no more requests, then what is queued is sent for as long as the drain may take, then the rest is dropped and counted.</summary>
    public async Task StopAsync()
    {
        await _changing.WaitAsync();
        try
        {
            using var giveUp = new CancellationTokenSource(_configuration.DrainTimeout, _services.TimeProvider);
            _stopping = true;
            _receivers.Retire();
            var farewell = _services.Farewell < _configuration.DrainTimeout / 2 ? _services.Farewell : _configuration.DrainTimeout / 2;
            await Task.Delay(farewell, _services.TimeProvider);
            _listening = false;

            // What waits is sent meanwhile, and a client that does not finish its request is cut off while there is still time for the rest.
            foreach (var exporter in Exporters)
            {
                exporter.Queues.Drain();
            }

            using var cutOff = new CancellationTokenSource(_configuration.DrainTimeout / 2, _services.TimeProvider);
            await _receivers.StopAsync(cutOff.Token);
            await _exporters.DrainAsync(giveUp.Token);
            Log.Stopped(_logger);
        }
        finally
        {
            _changing.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _receivers.DisposeAsync();
        await _probes.DisposeAsync();
        await _exporters.DisposeAsync();
        Reloads.Dispose();
        _telemetry.Dispose();
        _changing.Dispose();
    }

    // From a configuration without anything, this is the start.
    private async Task ChangeAsync(GatewayConfiguration next, ConfigurationChange change, CancellationToken cancellationToken)
    {
        _exporters.Prepare(next);
        var added = await _exporters.AddAsync(next);
        HealthServer? health = null;
        HealthServer? metrics = null;
        RunningReceivers.Replacement receivers;
        try
        {
            // Everything that may fail comes first: to open an address.
            health = await _probes.OpenAsync("health", next.HealthCheck?.Endpoint, MapHealth, cancellationToken);
            metrics = await _probes.OpenAsync("metrics", next.Telemetry.MetricsEndpoint, _telemetry.Map, cancellationToken);
            receivers = await _receivers.OpenAsync(next, change, GraphOf, cancellationToken);
        }
        catch
        {
            await (health?.DisposeAsync() ?? ValueTask.CompletedTask);
            await (metrics?.DisposeAsync() ?? ValueTask.CompletedTask);
            _exporters.Discard(added);
            throw;
        }

        Admission.Resize(next.AdmissionBytes);
        _services.LogThreshold?.Set(next.Telemetry.LogLevel);
        _telemetry.Push(next.Telemetry.Push);
        _exporters.Apply(next, change);
        var before = _configuration;
        _configuration = next;
        await _receivers.CommitAsync(next, receivers, GraphOf);
        await _probes.CommitAsync("health", next.HealthCheck?.Endpoint, health);
        await _probes.CommitAsync("metrics", next.Telemetry.MetricsEndpoint, metrics);

        // No request is on its way to these any more.
        _exporters.Remove(before.Exporters.Keys.Except(next.Exporters.Keys));

        PipelineGraph GraphOf(string receiver) => new(
            next.Pipelines.Where(pipeline => pipeline.Receivers.Contains(receiver)).GroupBy(pipeline => pipeline.Signal).ToDictionary(group => group.Key, GroupsOf),
            next.Receivers[receiver].CheckRecords);

        IReadOnlyList<ExporterGroup> GroupsOf(IEnumerable<PipelineConfiguration> pipelines) =>
        [
            .. pipelines.Where(pipeline => pipeline.Distribution == Distribution.All).SelectMany(pipeline => pipeline.Exporters).Distinct().Select(id => new ExporterGroup(_exporters[id])),
            .. pipelines.Where(pipeline => pipeline.Distribution == Distribution.FirstRoute).Select(pipeline => new ExporterGroup([.. pipeline.Exporters.Select(id => _exporters[id])])),
        ];
    }

    private void MapHealth(IEndpointRouteBuilder endpoints)
    {
        var checks = new HealthChecks(_services.LoggerFactory);
        checks.AddReadiness("gateway", () => NotReady is { } why ? HealthCheckResult.Unhealthy(why) : HealthCheckResult.Healthy);
        checks.AddReadiness("configuration", () => HealthCheckResult.Healthy with { Remark = Reloads.Remark });
        endpoints.MapHealth(checks);
        endpoints.MapMethods("/{**path}", [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context =>
        {
            // Any path, since a reload may change it.
            if (context.Request.Path != _configuration.HealthCheck?.Path)
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            }

            // The Collector's answer, so that its probes work unchanged.
            var ready = NotReady is null;
            context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "application/json";
            return context.Response.WriteAsync(ready ? "{\"status\":\"Server available\"}" : "{\"status\":\"Server not available\"}", context.RequestAborted);
        }));
    }
}
