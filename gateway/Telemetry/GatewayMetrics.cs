using System.Diagnostics.Metrics;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Receiving.Renewal;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>
/// The gateway's books as metrics. Per exporter, signal and project: accepted + recovered = sent + dropped + queued. Labels hold project slugs, the number of which is bounded, and never a
/// value from the network as it came. Instruments have OpenTelemetry's names; the exposition makes Prometheus' of them.
/// </summary>
internal sealed class GatewayMetrics : IDisposable
{
    /// <summary>Name of all meters of the gateway.</summary>
    public const string MeterName = "SentryOtel.Gateway";

    private const string Prefix = "sentry_otel.gateway.";

    /// <summary>What the scrape on this thread reads, so that all of its numbers are of one moment.</summary>
    [ThreadStatic]
    private static Moment? _moment;

    private readonly Accounts _accounts;
    private readonly Func<IEnumerable<QueueReading>> _queues;

    public GatewayMetrics(
        Accounts accounts,
        IngestCounters requests,
        IReadOnlyCollection<Refusals> refusals,
        Renewals renewals,
        Admission admission,
        Func<IReadOnlyCollection<ExporterPipeline>> exporters,
        Func<IEnumerable<QueueReading>> queues,
        string version,
        object scope)
    {
        _accounts = accounts;
        _queues = queues;
        Meter = new Meter(new MeterOptions(MeterName) { Scope = scope });
        Counter("items.accepted", "{item}", "Spans, log records and data points taken from clients.", () => Books(balance => balance.Accepted));
        Counter("items.sent", "{item}", "Items that the destination took.", () => Books(balance => balance.Sent));
        Counter("items.dropped", "{item}", "Accepted items that were given up, by reason.", () => Dropped(balance => balance.Dropped));
        Counter("items.recovered", "{item}", "Items that a process before this one accepted and left on disk; what was on its way at the end of that process may arrive twice.", () => Books(balance => balance.Recovered));
        Gauge("items.queued", "{item}", "Items that wait or are on the way: accepted + recovered - sent - dropped.", () => Books(balance => balance.Queued));
        Counter("items.rejected", "{item}", "Items not accepted for good, as the client was told, by reason.", () => Rejected(requests, tally => tally.Items));
        Counter("items.refused", "{item}", "Items of requests refused whole because the queue was full; the client was told when to come back, and counts again when it does.", () => Refused(requests, tally => tally.Items));
        Counter("accepted.bytes", "By", "Bytes of accepted items, as uncompressed protobuf.", () => Books(balance => balance.AcceptedBytes));
        Counter("sent.bytes", "By", "Bytes of request bodies that the destination took, as they went over the wire.", () => Books(balance => balance.SentBytes));
        Counter("dropped.bytes", "By", "Bytes given up, as they were held: uncompressed until a batch is sealed, compressed from then on.", () => Dropped(balance => balance.DroppedBytes));
        Counter("rejected.bytes", "By", "Bytes of rejected items, as uncompressed protobuf.", () => Rejected(requests, tally => tally.Bytes));
        Counter("refused.bytes", "By", "Bytes of refused items, as uncompressed protobuf.", () => Refused(requests, tally => tally.Bytes));
        Counter("requests", "{request}", "Export requests by outcome.", () => Requests(requests));
        Counter("requests.refused", "{request}", "Export requests refused before they were read to the end, by reason.", () => RefusedRequests(refusals));
        Counter("receiver.renewals", "{renewal}", "Changed certificates, authorities and credentials of receivers: taken, or failed and those before stay in force.", () => Renewed(renewals));
        Counter("export.attempts", "{attempt}", "Attempts to send, by outcome.", Attempts);
        Counter("export.retries", "{attempt}", "Attempts to send what had been tried before.", () => Books(balance => balance.Retries));
        Gauge("queue.bytes", "By", "Bytes that wait for a project or are on the way.", () => Queues(queue => queue.Bytes));
        Gauge("queue.in_flight", "{request}", "Export requests on the way.", () => Queues(queue => queue.InFlight));
        Meter.CreateObservableGauge(Prefix + "queue.oldest_age", () => Seconds(queue => queue.OldestAge), "s", "Age of the oldest item that waits; 0 when nothing does.");
        Meter.CreateObservableGauge(Prefix + "throttle.remaining", Throttled, "s", "Time until a project is sent to again, by what holds it; absent when nothing does.");
        DiskMetrics(exporters);
        Gauge("parked.services", "{service}", "Services whose project is not there yet.", () => exporters().Select(exporter => Of(exporter.Parking.Services + (exporter.Disk?.Parked.Services ?? 0), exporter)));
        Gauge("parked.bytes", "By", "Bytes that wait for a project that is not there yet.", () => exporters().Select(exporter => Of(exporter.Parking.Bytes + (exporter.Disk?.Parked.Bytes ?? 0), exporter)));
        Gauge("services", "{service}", "Services by what is known of their project.", () => exporters().SelectMany(Services));
        Counter("projects.created", "{project}", "Projects created in Sentry.", () => Sources(exporters(), state => state.Created));
        Counter("lookup.failures", "{lookup}", "Look-ups of projects that Sentry did not answer as it should.", () => Sources(exporters(), state => state.LookupFailures));
        Counter("slug.collisions", "{service}", "Services that make the slug of another one and got their own, with a hash.", () => exporters()
            .Where(exporter => exporter.Routes.Collisions is not null)
            .Select(exporter => Of(exporter.Routes.Collisions!.Count, exporter)));
        Gauge("admission.reserved", "By", "Memory that requests and queues hold.", () => [new Measurement<long>(admission.Reserved)]);
        Gauge("admission.limit", "By", "Memory that requests and queues may hold.", () => [new Measurement<long>(admission.Limit)]);
        Gauge("build_info", null, "1, with the version as label.", () => [new Measurement<long>(1, Tag("version", version))]);
    }

    public Meter Meter { get; }

    /// <summary>Until it is disposed, what is collected on this thread is of one moment, so that the sums of one scrape are right.</summary>
    public Moment AtOneMoment() => _moment = new Moment(this, [.. _accounts.All.Select(account => (account, account.Read()))], [.. _queues()]);

    public void Dispose() => Meter.Dispose();

    private static Measurement<long> Of(long value, ExporterPipeline exporter) => new(value, Tag("exporter", exporter.Id));

    private static KeyValuePair<string, object?> Tag(string key, string value) => new(key, value);

    private static IEnumerable<Measurement<long>> Sources(IEnumerable<ExporterPipeline> exporters, Func<RouteSourceState, long> value) =>
        from exporter in exporters
        let state = exporter.Routes.State
        where state is not null
        select Of(value(state), exporter);

    private static IEnumerable<Measurement<long>> Services(ExporterPipeline exporter)
    {
        return exporter.Routes.State?.Routes is { } routes
            ? [Of("active", routes.Active), Of("waiting", routes.Waiting), Of("refused", routes.Refused), Of("gone", routes.Gone)]
            : [];

        Measurement<long> Of(string state, long count) => new(count, Tag("exporter", exporter.Id), Tag("state", state));
    }

    private static IEnumerable<Measurement<long>> Requests(IngestCounters requests) =>
        from signal in Enum.GetValues<OtlpSignal>()
        from kind in Enum.GetValues<IngestOutcomeKind>()
        let count = requests.Read(signal, kind)
        where count > 0
        select new Measurement<long>(count, Tag("signal", signal.Name()), Tag("outcome", kind.Name()));

    private static IEnumerable<Measurement<long>> Renewed(Renewals renewals) =>
        [new(renewals.Taken, Tag("outcome", "taken")), new(renewals.Failed, Tag("outcome", "failed"))];

    private static IEnumerable<Measurement<long>> RefusedRequests(IReadOnlyCollection<Refusals> refusals) =>
        from reason in Enum.GetValues<RefusalReason>()
        let count = refusals.Sum(receiver => receiver[reason])
        where count > 0
        select new Measurement<long>(count, Tag("reason", reason.Name()));

    private static IEnumerable<Measurement<long>> Metrics(IEnumerable<KeyValuePair<RejectReason, Tally>> sums, Func<Tally, long> value) =>
        sums.Select(pair => new Measurement<long>(value(pair.Value), Tag("signal", OtlpSignal.Metrics.Name()), Tag("reason", pair.Key.Name())));

    private static KeyValuePair<string, object?>[] Labels(ProjectAccount account) =>
        [Tag("exporter", account.Exporter), Tag("signal", account.Signal.Name()), Tag("project", account.Project)];

    private static KeyValuePair<string, object?>[] Labels(QueueReading queue) =>
        [Tag("exporter", queue.Exporter), Tag("signal", queue.Signal.Name()), Tag("project", queue.Project)];

    private void DiskMetrics(Func<IReadOnlyCollection<ExporterPipeline>> exporters)
    {
        Gauge("queue.disk.bytes", "By", "Bytes of all files of a queue on disk.", () => Read(disk => disk.UsedBytes));
        Gauge("queue.disk.limit", "By", "Bytes that they may have.", () => Read(disk => disk.Configuration.MaxBytes));
        Counter("queue.disk.recovered_records", "{record}", "Records found on disk at the start, to be sent.", () => Read(disk => disk.Counters.RecoveredRecords));
        Counter("queue.disk.repeatable_items", "{item}", "Items found on disk at the start whose sending had begun: they alone can arrive twice.", () => Read(disk => disk.Counters.RepeatableItems));
        Counter("queue.disk.lost_records", "{record}", "Records on disk that could not be read, at least.", () => Read(disk => disk.Counters.LostRecords));
        Counter("queue.disk.lost_items", "{item}", "Items in them, as far as that can be told.", () => Read(disk => disk.Counters.LostItems));
        Counter("queue.disk.torn_bytes", "By", "Bytes of writes that were cut off; nothing in them was acknowledged.", () => Read(disk => disk.Counters.TornBytes));
        Counter("queue.disk.failures", "{failure}", "Calls to the disk that failed.", () => Read(disk => disk.Counters.Failures));
        Counter("queue.disk.commits", "{commit}", "Commits, each of one or many requests.", () => Read(disk => disk.Counters.Commits));
        Counter("queue.disk.rewritten_bytes", "By", "Bytes written again to free old segments.", () => Read(disk => disk.Counters.RewrittenBytes));

        IEnumerable<Measurement<long>> Read(Func<DiskQueue, long> value) =>
            exporters().Where(exporter => exporter.Disk is not null).Select(exporter => Of(value(exporter.Disk!), exporter));
    }

    private void Counter(string name, string unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableCounter(Prefix + name, read, unit, help);

    private void Gauge(string name, string? unit, string help, Func<IEnumerable<Measurement<long>>> read) =>
        Meter.CreateObservableGauge(Prefix + name, read, unit, help);

    private IEnumerable<(ProjectAccount Account, AccountBalance Balance)> Balances() =>
        _moment is { } moment && moment.Owner == this ? moment.Balances : _accounts.All.Select(account => (account, account.Read()));

    private IEnumerable<QueueReading> Readings() => _moment is { } moment && moment.Owner == this ? moment.Queues : _queues();

    private IEnumerable<Measurement<long>> Books(Func<AccountBalance, long> value) =>
        Balances().Select(entry => new Measurement<long>(value(entry.Balance), Labels(entry.Account)));

    private IEnumerable<Measurement<long>> Dropped(Func<AccountBalance, IReadOnlyList<long>> values) =>
        from entry in Balances()
        from reason in Enum.GetValues<DropReason>()
        let value = values(entry.Balance)[(int)reason]
        where value > 0
        select new Measurement<long>(value, [.. Labels(entry.Account), Tag("reason", reason.Name())]);

    private IEnumerable<Measurement<long>> Attempts() =>
        from entry in Balances()
        from outcome in Enum.GetValues<SendOutcomeKind>()
        let value = entry.Balance.Attempts[(int)outcome]
        where value > 0
        select new Measurement<long>(value, [.. Labels(entry.Account), Tag("outcome", outcome.Name())]);

    private IEnumerable<Measurement<long>> Rejected(IngestCounters requests, Func<Tally, long> value) => _accounts.Rejected
        .Select(pair => new Measurement<long>(
            value(pair.Value),
            Tag("exporter", pair.Key.Exporter), Tag("signal", pair.Key.Signal.Name()), Tag("project", pair.Key.Project), Tag("reason", pair.Key.Reason.Name())))
        .Concat(Metrics(requests.RejectedMetrics, value));

    private IEnumerable<Measurement<long>> Refused(IngestCounters requests, Func<Tally, long> value) => _accounts.Refused
        .Select(pair => new Measurement<long>(
            value(pair.Value),
            Tag("exporter", pair.Key.Exporter), Tag("signal", pair.Key.Signal.Name()), Tag("project", pair.Key.Project), Tag("reason", RejectReason.QueueFull.Name())))
        .Concat(Metrics(requests.RefusedMetrics, value));

    private IEnumerable<Measurement<long>> Queues(Func<QueueReading, long> value) =>
        Readings().Select(queue => new Measurement<long>(value(queue), Labels(queue)));

    private IEnumerable<Measurement<double>> Seconds(Func<QueueReading, TimeSpan> value) =>
        Readings().Select(queue => new Measurement<double>(value(queue).TotalSeconds, Labels(queue)));

    private IEnumerable<Measurement<double>> Throttled() =>
        from queue in Readings()
        where queue.Hold.Name() is not null
        select new Measurement<double>(queue.HeldFor.TotalSeconds, [.. Labels(queue), Tag("reason", queue.Hold.Name()!)]);

    /// <summary>All books at one moment.</summary>
    internal sealed class Moment(
        GatewayMetrics owner, IReadOnlyList<(ProjectAccount Account, AccountBalance Balance)> balances, IReadOnlyList<QueueReading> queues) : IDisposable
    {
        public GatewayMetrics Owner { get; } = owner;

        public IReadOnlyList<(ProjectAccount Account, AccountBalance Balance)> Balances { get; } = balances;

        public IReadOnlyList<QueueReading> Queues { get; } = queues;

        public void Dispose() => _moment = null;
    }
}
