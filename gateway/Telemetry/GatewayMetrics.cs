using System.Diagnostics.Metrics;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>
/// The gateway's books as metrics. Per exporter, signal and project: accepted = sent + dropped + queued. Labels hold project slugs, the number of which is bounded, and never a
/// value from the network as it came.
/// </summary>
internal sealed class GatewayMetrics : IDisposable
{
    private const string Prefix = "sentry_otel_gateway_";

    private readonly Accounts _accounts;
    private readonly IReadOnlyCollection<ExporterPipeline> _exporters;

    public GatewayMetrics(Accounts accounts, IngestCounters requests, IReadOnlyCollection<Refusals> refusals, Admission admission, IReadOnlyCollection<ExporterPipeline> exporters, object scope)
    {
        _accounts = accounts;
        _exporters = exporters;
        Meter = new Meter(new MeterOptions("SentryOtel.Gateway") { Scope = scope });
        Counter("items_accepted_total", "Spans and log records taken from clients.", () => Books(balance => balance.Accepted));
        Counter("items_sent_total", "Spans and log records that Sentry took.", () => Books(balance => balance.Sent));
        Counter("items_dropped_total", "Accepted spans and log records that were given up, by reason.", Dropped);
        Gauge("items_queued", "Accepted spans and log records that wait or are on the way.", () => Books(balance => balance.Queued));
        Counter("items_rejected_total", "Spans and log records not accepted, as the client was told, by reason.", Rejected);
        Counter("requests_total", "Export requests by outcome.", () => Requests(requests));
        Counter("requests_refused_total", "Export requests refused before they were read to the end, by reason.", () => Refused(refusals));
        Gauge("queue_bytes", "Bytes that wait for a project.", QueueBytes);
        Gauge("parked_services", "Services whose project is not there yet.", () => exporters.Select(exporter => Of(exporter.Parking.Services, exporter)));
        Gauge("parked_bytes", "Bytes that wait for a project that is not there yet.", () => exporters.Select(exporter => Of(exporter.Parking.Bytes, exporter)));
        Gauge("admission_reserved_bytes", "Bytes that requests and queues hold.", () => [new Measurement<long>(admission.Reserved)]);
        Gauge("admission_limit_bytes", "Bytes that requests and queues may hold.", () => [new Measurement<long>(admission.Limit)]);
    }

    public Meter Meter { get; }

    public void Dispose() => Meter.Dispose();

    private static string Name(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "traces",
        OtlpSignal.Logs => "logs",
        _ => "metrics",
    };

    private static string Name(IngestOutcomeKind kind) => kind switch
    {
        IngestOutcomeKind.Accepted => "accepted",
        IngestOutcomeKind.Partial => "partial",
        IngestOutcomeKind.Full => "full",
        IngestOutcomeKind.Unavailable => "unavailable",
        _ => "invalid",
    };

    private static Measurement<long> Of(long value, ExporterPipeline exporter) => new(value, Tag("exporter", exporter.Id));

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);

    private static IEnumerable<Measurement<long>> Requests(IngestCounters requests) =>
        from signal in Enum.GetValues<OtlpSignal>()
        from kind in Enum.GetValues<IngestOutcomeKind>()
        let count = requests.Read(signal, kind)
        where count > 0
        select new Measurement<long>(count, Tag("signal", Name(signal)), Tag("outcome", Name(kind)));

    private static IEnumerable<Measurement<long>> Refused(IReadOnlyCollection<Refusals> refusals) =>
        from reason in Enum.GetValues<RefusalReason>()
        let count = refusals.Sum(receiver => receiver[reason])
        where count > 0
        select new Measurement<long>(count, Tag("reason", Name(reason)));

    private static string Name(RefusalReason reason) => reason switch
    {
        RefusalReason.TooLarge => "too_large",
        RefusalReason.NoMemory => "no_memory",
        RefusalReason.Malformed => "malformed",
        RefusalReason.Unsupported => "unsupported",
        RefusalReason.Aborted => "aborted",
        _ => "internal",
    };

    private void Counter(string name, string help, Func<IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableCounter(Prefix + name, read, description: help);

    private void Gauge(string name, string help, Func<IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableGauge(Prefix + name, read, description: help);

    private IEnumerable<Measurement<long>> Books(Func<AccountBalance, long> value) => _accounts.All.Select(account =>
        new Measurement<long>(value(account.Read()), Tag("exporter", account.Exporter), Tag("signal", Name(account.Signal)), Tag("project", account.Project)));

    private IEnumerable<Measurement<long>> Dropped() =>
        from account in _accounts.All
        let balance = account.Read()
        from reason in Enum.GetValues<DropReason>()
        where balance.DroppedFor(reason) > 0
        select new Measurement<long>(
            balance.DroppedFor(reason),
            Tag("exporter", account.Exporter), Tag("signal", Name(account.Signal)), Tag("project", account.Project), Tag("reason", reason.Name()));

    private IEnumerable<Measurement<long>> Rejected() => _accounts.Rejected.Select(pair =>
        new Measurement<long>(pair.Value, Tag("exporter", pair.Key.Exporter), Tag("signal", Name(pair.Key.Signal)), Tag("reason", pair.Key.Reason.Name())));

    private IEnumerable<Measurement<long>> QueueBytes() =>
        from exporter in _exporters
        from queue in exporter.Queues.All
        group queue.Read().Bytes by (exporter.Id, queue.Signal, queue.Target.ProjectSlug) into bytes
        select new Measurement<long>(bytes.Sum(), Tag("exporter", bytes.Key.Id), Tag("signal", Name(bytes.Key.Signal)), Tag("project", bytes.Key.ProjectSlug));
}
