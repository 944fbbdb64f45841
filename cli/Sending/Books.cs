using SentryOtel.Cli.Tracing;
using SentryOtel.Gateway.Telemetry;

namespace SentryOtel.Cli.Sending;

/// <summary>What gateways say of one project and signal at a moment, added up.</summary>
internal sealed record Books
{
    public long Accepted { get; init; }

    public long Sent { get; init; }

    public long Queued { get; init; }

    /// <summary>By reason.</summary>
    public IReadOnlyDictionary<string, long> Dropped { get; init; } = new Dictionary<string, long>();

    /// <summary>Why nothing is sent; null when data flow.</summary>
    public string? Hold { get; init; }

    public DateTimeOffset? HeldUntil { get; init; }

    public FailureView? LastError { get; init; }

    /// <summary>Items of the service that wait for its project, and why.</summary>
    public long Parked { get; init; }

    public string? ParkedWhy { get; init; }

    /// <summary>Slug of the project; null while it is not known.</summary>
    public string? Project { get; init; }

    /// <summary>The counts are of several projects together.</summary>
    public bool IsShared { get; init; }

    /// <summary>When the counts were zero: another time is another process.</summary>
    public IReadOnlyList<DateTimeOffset> Started { get; init; } = [];

    public long TotalDropped => Dropped.Values.Sum();

    /// <summary>Adds up.</summary>
    /// <param name="views">One per gateway.</param>
    /// <param name="service">The service.</param>
    /// <param name="project">Slug of its project, if that is known from elsewhere.</param>
    /// <param name="signal"><c>traces</c> or <c>logs</c>.</param>
    public static Books Of(IReadOnlyCollection<RoutesView> views, string service, string? project, string signal)
    {
        var routes = views.SelectMany(static view => view.Exporters).SelectMany(static exporter => exporter.Routes)
            .Where(route => route.Signal == signal && GatewaySteps.IsOf(route, service, project)).ToList();
        var parked = views.SelectMany(static view => view.Exporters).SelectMany(static exporter => exporter.Parked).Where(parked => parked.Service == service).ToList();
        var held = routes.OrderByDescending(static route => route.HeldForSeconds).FirstOrDefault(static route => route.Hold is not null);
        return new Books
        {
            Accepted = routes.Sum(static route => route.Accepted),
            Sent = routes.Sum(static route => route.Sent),
            Queued = routes.Sum(static route => route.QueuedItems + route.InFlight),
            Dropped = routes.SelectMany(static route => route.Dropped).GroupBy(static pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(static group => group.Key, static group => group.Sum(static pair => pair.Value), StringComparer.Ordinal),
            Hold = held?.Hold,
            HeldUntil = held?.HeldUntil,
            LastError = routes.Select(static route => route.LastError).OfType<FailureView>().MaxBy(static error => error.At),
            Parked = parked.Sum(static item => item.Items),
            ParkedWhy = parked.Select(static item => item.Error).FirstOrDefault(static error => error is not null),
            Project = routes.Select(static route => route.Project).FirstOrDefault() ?? project,
            IsShared = routes.Exists(static route => route.CountsShared == true),
            Started = [.. views.Select(static view => view.StartedAt).Order()],
        };
    }
}
