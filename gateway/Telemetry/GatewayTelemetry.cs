using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Page;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Receiving.Renewal;
using SentryOtel.Kubernetes.Metrics;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>What one gateway tells of itself, and where: <c>/metrics</c>, <c>/routes</c> and the page at <c>/</c>.</summary>
internal sealed class GatewayTelemetry : IDisposable
{
    /// <summary>Above what the accounts can make: an overflow here would break the sums.</summary>
    private const int MaxSeries = 1_000_000;

    private readonly LivePage _page = LivePage.Load();
    private readonly MetricsExposition _exposition;
    private readonly TimeProvider _timeProvider;
    private readonly string _version;
    private readonly object _scope;
    private GatewayMetrics? _metrics;
    private TelemetryPushConfiguration? _pushed;
    private TelemetryPush? _push;
    private RoutesDocument? _routes;
    private Func<IReadOnlyCollection<ExporterPipeline>> _exporters = static () => [];

    /// <param name="timeProvider">The clock.</param>
    /// <param name="version">Of the gateway.</param>
    /// <param name="scope">Of its meters: tells the gateways of one process apart.</param>
    public GatewayTelemetry(TimeProvider timeProvider, string version, object scope)
    {
        _timeProvider = timeProvider;
        _version = version;
        _scope = scope;

        // The exposition listens before the meters are made, or it would miss what they measure first.
        _exposition = new MetricsExposition(new MetricsExpositionOptions { Includes = Includes, MaxSeriesPerInstrument = MaxSeries });
        Attempts = new AttemptObserver(timeProvider, scope);
    }

    /// <summary>Takes the time of attempts to send.</summary>
    public AttemptObserver Attempts { get; }

    /// <summary>Says where the numbers come from.</summary>
    public void Attach(
        Accounts accounts,
        IngestCounters requests,
        IReadOnlyCollection<Refusals> refusals,
        Renewals renewals,
        Admission admission,
        Func<IReadOnlyCollection<ExporterPipeline>> exporters,
        Func<string?> notReady)
    {
        _exporters = exporters;
        _metrics = new GatewayMetrics(
            accounts, requests, refusals, renewals, admission, exporters, () => exporters().SelectMany(QueueReading.Of), _version, _scope);
        ProcessMetrics.AddTo(_metrics.Meter);
        _routes = new RoutesDocument(accounts, requests, admission, notReady, _timeProvider, _version);
    }

    /// <summary>Pushes as configured from now on; null for not at all. What was collected before is sent first.</summary>
    public void Push(TelemetryPushConfiguration? configuration)
    {
        if (configuration == _pushed)
        {
            return;
        }

        _push?.Dispose();
        _push = configuration is null ? null : new TelemetryPush(configuration, _version, () => _metrics?.AtOneMoment());
        _pushed = configuration;
    }

    /// <summary>The Prometheus text; all of its numbers are of one moment.</summary>
    public string Render()
    {
        using var moment = _metrics?.AtOneMoment();
        return _exposition.Render();
    }

    public void Map(IEndpointRouteBuilder endpoints)
    {
        Get(endpoints, "/metrics", context =>
        {
            context.Response.ContentType = MetricsExposition.ContentType;
            return context.Response.WriteAsync(Render(), context.RequestAborted);
        });
        Get(endpoints, "/routes", context =>
        {
            context.Response.ContentType = "application/json";
            return context.Response.Body.WriteAsync(_routes?.Render(_exporters()) ?? "{}"u8.ToArray(), context.RequestAborted).AsTask();
        });
        Get(endpoints, "/", _page.AnswerAsync);
    }

    public void Dispose()
    {
        // First, since it collects once more.
        _push?.Dispose();
        _metrics?.Dispose();
        Attempts.Dispose();
        _exposition.Dispose();
    }

    private static void Get(IEndpointRouteBuilder endpoints, string path, RequestDelegate handle) =>
        endpoints.MapMethods(path, [HttpMethods.Get, HttpMethods.Head], handle);

    private bool Includes(Meter meter) => meter.Scope == _scope || meter.Name == ProcessMetrics.RuntimeMeter;
}
