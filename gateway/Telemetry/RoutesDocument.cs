using System.Text.Json;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>What <c>/routes</c> shows: every queue with its depth, why it waits, its books and its last error.</summary>
internal sealed class RoutesDocument(
    Accounts accounts, IngestCounters requests, Admission admission, Func<string?> notReady, TimeProvider timeProvider, string version)
{
    /// <summary>Services shown of those that wait, longest first.</summary>
    private const int MaxParked = 100;

    /// <summary>Services shown of those that make another one's slug.</summary>
    private const int MaxCollisions = 100;

    /// <summary>Services shown of those that lead to one project.</summary>
    private const int MaxServices = 3;

    private static readonly TimeSpan IdleAfter = TimeSpan.FromMinutes(10);

    private readonly DateTimeOffset _startedAt = timeProvider.GetUtcNow();

    public byte[] Render(IEnumerable<ExporterPipeline> exporters) => JsonSerializer.SerializeToUtf8Bytes(
        new RoutesView(
            version,
            timeProvider.GetUtcNow(),
            _startedAt,
            notReady(),
            new MemoryView(admission.Reserved, admission.Limit, Environment.WorkingSet),
            [.. requests.RejectedMetrics.Select(pair => new RejectedView(OtlpSignal.Metrics.Name(), pair.Key.Name(), pair.Value.Items))],
            [.. exporters.Select(View)]),
        RoutesJsonContext.Default.RoutesView);

    private ExporterView View(ExporterPipeline exporter)
    {
        var services = exporter.Routes.Services.ToLookup(service => service.Queue, service => service.Value, StringComparer.Ordinal);
        var routes = exporter.Queues.All
            .OrderBy(queue => queue.Name, StringComparer.Ordinal).ThenBy(queue => queue.Signal)
            .Select(queue => View(exporter, queue, [.. services[queue.Name].Order(StringComparer.Ordinal)]));
        return new ExporterView(
            exporter.Id,
            exporter.Routes.NotReady,
            exporter.Routes.Problem,
            exporter.Parking.Services,
            exporter.Parking.Bytes,
            [.. (exporter.Routes.Collisions?.Read() ?? []).Take(MaxCollisions).Select(collision => new CollisionView(collision.Value, collision.Slug, collision.Other))],
            [.. exporter.Parking.Read().Take(MaxParked).Select(parked => new ParkedView(
                parked.Value, parked.Items, parked.Bytes, (exporter.Now - parked.Oldest).TotalSeconds, exporter.Routes.WhyWaiting(parked.Value)))],
            [.. from pair in accounts.Rejected
                where pair.Key.Exporter == exporter.Id
                group pair.Value.Items by (pair.Key.Signal, pair.Key.Reason) into items
                select new RejectedView(items.Key.Signal.Name(), items.Key.Reason.Name(), items.Sum())],
            [.. from pair in accounts.Refused
                where pair.Key.Exporter == exporter.Id
                group pair.Value.Items by pair.Key.Signal into items
                select new RejectedView(items.Key.Name(), RejectReason.QueueFull.Name(), items.Sum())],
            [.. exporter.Metrics is { } metrics ? routes.Append(View(metrics)) : routes]);
    }

    private RouteView View(ExporterPipeline exporter, ProjectQueue queue, string[] services)
    {
        var target = queue.Target;
        var account = exporter.Account(queue.Signal, target.ProjectSlug);
        return View(exporter.Now, queue.Name, target.ProjectSlug, queue.Signal, services, queue.Read(), account.Read()) with
        {
            ProjectId = target.ProjectId,
            CountsShared = account.Project == target.ProjectSlug ? null : true,
        };
    }

    private RouteView View(MetricsForwarder metrics) => View(
        metrics.Now, MetricsForwarder.ProjectName, MetricsForwarder.ProjectName, OtlpSignal.Metrics, [], metrics.Read(), metrics.Account.Read());

    private RouteView View(TimeSpan now, string queue, string project, OtlpSignal signal, string[] services, QueueState state, AccountBalance balance)
    {
        var hold = state.Hold.Name();
        var silent = balance.LastAccepted is { } last ? now - last : TimeSpan.MaxValue;
        return new RouteView
        {
            Queue = queue,
            Project = project,
            Signal = signal.Name(),
            Services = services[..Math.Min(services.Length, MaxServices)],
            ServiceCount = services.Length,
            State = hold ?? (silent > IdleAfter && state.IsEmpty ? "idle" : "ok"),
            QueuedItems = state.Items,
            QueuedBytes = state.Bytes,
            InFlight = state.InFlight,
            OldestAgeSeconds = state.Oldest is { } oldest ? (now - oldest).TotalSeconds : null,
            Hold = hold,
            HeldForSeconds = state.HeldFor.TotalSeconds,
            HeldUntil = state.HeldFor > TimeSpan.Zero && state.HeldFor < TimeSpan.FromDays(365) ? timeProvider.GetUtcNow() + state.HeldFor : null,
            Limit = state.Limit is { } limit ? new LimitView(limit.Category, limit.Scope.ToString().ToLowerInvariant(), limit.ReasonCode) : null,
            Accepted = balance.Accepted,
            Sent = balance.Sent,
            Dropped = Enum.GetValues<DropReason>().Where(reason => balance.DroppedFor(reason) > 0).ToDictionary(reason => reason.Name(), balance.DroppedFor),
            Retries = balance.Retries,
            LastSeen = balance.LastAccepted is null ? null : timeProvider.GetUtcNow() - silent,
            LastError = balance.LastFailure is { } failure ? new FailureView(failure.At, failure.Outcome.Name(), failure.Status, failure.Message) : null,
        };
    }
}
