using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Configuration;

/// <summary>A whole configuration, checked.</summary>
internal sealed record GatewayConfiguration
{
    /// <summary>The OTLP receivers that a pipeline uses, by component id.</summary>
    public required IReadOnlyDictionary<string, ReceiverConfiguration> Receivers { get; init; }

    /// <summary>The exporters that a pipeline uses, by component id.</summary>
    public required IReadOnlyDictionary<string, ExporterConfiguration> Exporters { get; init; }

    /// <summary>The pipelines.</summary>
    public required IReadOnlyList<PipelineConfiguration> Pipelines { get; init; }

    /// <summary>Bytes that requests and queues may hold together.</summary>
    public required long AdmissionBytes { get; init; }

    /// <summary>Where health is answered; null when the extension is not in service.</summary>
    public HealthCheckConfiguration? HealthCheck { get; init; }

    /// <summary>What the gateway tells about itself.</summary>
    public required TelemetryConfiguration Telemetry { get; init; }

    /// <summary>How long a stop may take until what is still queued is dropped. 20 s.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How often the file and the files that it names are looked at for a change; zero for never, but on SIGHUP. 5 s.</summary>
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Every value, to tell what another configuration changes.</summary>
    public ConfigurationValues Values { get; init; } = ConfigurationValues.None;
}

/// <summary>One pipeline: signal, entrances, exits.</summary>
internal sealed record PipelineConfiguration(
    string Id, OtlpSignal Signal, IReadOnlyList<string> Receivers, IReadOnlyList<string> Exporters, BatchConfiguration Batch)
{
    /// <summary>Which of the exporters gets what.</summary>
    public Distribution Distribution { get; init; }
}

/// <summary>Which exporters of a pipeline get a resource's data.</summary>
internal enum Distribution
{
    /// <summary>Each of them, as in the Collector.</summary>
    All,

    /// <summary>The first that has a route for it; else the first that takes what nobody has a route for.</summary>
    FirstRoute,
}

/// <summary>When a batch is closed: at the time, the number of items, or the size that comes first.</summary>
/// <param name="Timeout">Longest time that an item waits for others. 200 ms.</param>
/// <param name="Size">Items that close a batch. 8192.</param>
/// <param name="MaxSize">Most items of a batch; 0 for no bound of its own.</param>
/// <param name="Bytes">Bytes that close a batch; 0 for no bound but the safe one.</param>
/// <param name="MaxBytes">Most bytes of a batch, uncompressed; 0 for no bound but the safe one.</param>
internal sealed record BatchConfiguration(TimeSpan Timeout, int Size, int MaxSize, long Bytes = 0, long MaxBytes = 0)
{
    public static BatchConfiguration Default { get; } = new(TimeSpan.FromMilliseconds(200), 8192, 0);

    /// <summary>The stricter of two bounds each.</summary>
    public BatchConfiguration Join(BatchConfiguration other)
    {
        var max = Smaller(MaxSize, other.MaxSize);
        var size = Math.Min(Size, other.Size);
        return new BatchConfiguration(
            Timeout < other.Timeout ? Timeout : other.Timeout, (int)(max > 0 ? Math.Min(size, max) : size), (int)max, Smaller(Bytes, other.Bytes), Smaller(MaxBytes, other.MaxBytes));

        static long Smaller(long left, long right) => left == 0 ? right : right == 0 ? left : Math.Min(left, right);
    }
}

/// <summary>The health endpoint.</summary>
internal sealed record HealthCheckConfiguration(ListenEndpoint Endpoint, string Path);

/// <summary>The gateway's own logs and metrics.</summary>
/// <param name="LogLevel">debug, info, warn or error.</param>
/// <param name="JsonLogs">One JSON object per line instead of text.</param>
/// <param name="MetricsEndpoint">Where <c>/metrics</c> and <c>/routes</c> are served; null for nowhere.</param>
internal sealed record TelemetryConfiguration(string LogLevel, bool JsonLogs, ListenEndpoint? MetricsEndpoint)
{
    /// <summary>Where they are sent besides; null for nowhere.</summary>
    public TelemetryPushConfiguration? Push { get; init; }
}
