using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>Sends metrics and spans of the gateway's own over OTLP, with the OpenTelemetry SDK. Made only when it is configured; without it no span is made at all.</summary>
internal sealed class TelemetryPush : IDisposable
{
    private const string ServiceName = "sentry-otel-gateway";

    private readonly List<IDisposable> _providers = [];

    /// <param name="configuration">Where to.</param>
    /// <param name="version">Of the gateway.</param>
    /// <param name="atOneMoment">Makes what is collected until it is disposed of one moment.</param>
    public TelemetryPush(TelemetryPushConfiguration configuration, string version, Func<IDisposable?> atOneMoment)
    {
        var resource = Resource(configuration.Resource, version);

        // A provider for each reader: each collects on a thread of its own, and so of a moment of its own.
        foreach (var metrics in configuration.Metrics)
        {
            _providers.Add(Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(GatewayMetrics.MeterName, ProcessMetrics.RuntimeMeter)
                .AddReader(new MomentReader(metrics, atOneMoment))
                .Build());
        }

        if (configuration.Traces.Count > 0)
        {
            var builder = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(GatewayActivities.SourceName)
                .SetSampler(new TraceIdRatioBasedSampler(configuration.SampleRatio));
            foreach (var traces in configuration.Traces)
            {
                builder.AddProcessor(new BatchActivityExportProcessor(
                    new OtlpTraceExporter(Options(traces.Target)),
                    traces.MaxQueueSize,
                    (int)traces.Delay.TotalMilliseconds,
                    (int)traces.Timeout.TotalMilliseconds,
                    traces.MaxBatchSize));
            }

            _providers.Add(builder.Build());
        }
    }

    /// <summary>Sends what is collected and ends.</summary>
    public void Dispose() => _providers.ForEach(provider => provider.Dispose());

    private static ResourceBuilder Resource(IReadOnlyDictionary<string, string?> configured, string version)
    {
        var attributes = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["service.name"] = ServiceName,
            ["service.version"] = version,
            ["service.instance.id"] = Environment.MachineName,
        };
        foreach (var (name, value) in configured)
        {
            attributes[name] = value;
        }

        return ResourceBuilder.CreateEmpty()
            .AddTelemetrySdk()
            .AddAttributes(attributes.Where(pair => pair.Value is not null).Select(pair => new KeyValuePair<string, object>(pair.Key, pair.Value!)));
    }

    private static OtlpExporterOptions Options(PushTarget target) => new()
    {
        Endpoint = target.Address,
        Protocol = target.IsGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf,
        HttpClientFactory = () => Client(target),
        TimeoutMilliseconds = (int)target.Timeout.TotalMilliseconds,
        Compression = target.Gzip ? OtlpExportCompression.GZip : OtlpExportCompression.None,
    };

    // The headers are here and not in the options, which take one text and can hold no comma in a value.
    private static HttpClient Client(PushTarget target)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = target.Timeout };
        foreach (var (name, value) in target.Headers)
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, value.Value);
        }

        return client;
    }

    private sealed class MomentReader : PeriodicExportingMetricReader
    {
        private readonly Func<IDisposable?> _atOneMoment;

        public MomentReader(MetricsPushConfiguration metrics, Func<IDisposable?> atOneMoment)
            : base(new OtlpMetricExporter(Options(metrics.Target)), (int)metrics.Interval.TotalMilliseconds, (int)metrics.Timeout.TotalMilliseconds)
        {
            _atOneMoment = atOneMoment;
            TemporalityPreference = metrics.Delta ? MetricReaderTemporalityPreference.Delta : MetricReaderTemporalityPreference.Cumulative;
        }

        protected override bool OnCollect(int timeoutMilliseconds)
        {
            using var moment = _atOneMoment();
            return base.OnCollect(timeoutMilliseconds);
        }
    }
}
