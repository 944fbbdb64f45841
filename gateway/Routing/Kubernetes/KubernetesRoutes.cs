using System.Collections.Frozen;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Sentry.Routing;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>Routes in a cluster: the table that the operator compiles, swapped whole. The gateway itself never talks to Sentry's API.</summary>
internal sealed class KubernetesRoutes : IRouteSource, IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ExporterConfiguration _exporter;
    private readonly DsnRoutes _dsns;
    private readonly TableWatch _watch;
    private readonly TableLease _lease;
    private readonly RouteAnnouncer _announcer;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly string _name;
    private volatile Loaded? _loaded;

    public KubernetesRoutes(
        ExporterConfiguration exporter, IKubernetesClient client, GatewayIdentity identity, InformerServices services, TimeProvider timeProvider, ILogger logger)
    {
        var source = exporter.Kubernetes ?? throw new ArgumentException("The exporter has no Kubernetes source.", nameof(exporter));
        var ns = source.Namespace ?? client.DefaultNamespace;
        _exporter = exporter;
        _name = source.Exporter;
        _dsns = new DsnRoutes(exporter);
        _timeProvider = timeProvider;
        _logger = logger;
        _watch = new TableWatch(client, ns, source.Exporter, services, Swap, logger);
        _lease = new TableLease(client, ns, source.Exporter, identity, () => _loaded?.Table.Generation, timeProvider, logger);
        _announcer = new RouteAnnouncer(client, ns, source.Exporter, exporter.Projects.MaxAutoCreated, timeProvider, logger);
    }

    public event Action? Changed;

    public string Attribute => _loaded?.Table.RoutingAttribute ?? _exporter.Routing.ProjectFromAttribute;

    public string? NotReady => _loaded is null ? $"the routing table {_name}-routes is not loaded yet" : null;

    public bool TakesDataEarly => false;

    public IEnumerable<(string Value, string Queue)> Services => (_loaded?.Table.Routes ?? [])
        .Where(entry => entry is { State: RouteState.Active, Target: not null })
        .Select(entry => (entry.Value, RouteTo(entry.Target!).Queue))
        .Concat(_dsns.Services);

    public RouteAnswer Find(string value)
    {
        if (_dsns.Mapped(value) is { } mapped)
        {
            return RouteAnswer.Active(mapped);
        }

        if (_loaded is not { } loaded)
        {
            return RouteAnswer.Wait(Accounts.Others);
        }

        var table = loaded.Table;
        if (value.Length == 0)
        {
            return (table is { UsesFallback: true, Fallback: { } fallback } ? RouteTo(fallback) : _dsns.Default) is { } otherwise
                ? RouteAnswer.Active(otherwise)
                : RouteAnswer.None(RejectReason.MissingAttribute, $"the resource attribute {table.RoutingAttribute} is missing");
        }

        return table.Find(value) switch
        {
            { State: RouteState.Active, Target: { } target } entry => RouteAnswer.Active(RouteTo(target) with { Limits = entry.RateLimit }),
            { State: RouteState.Rejected } rejected => RouteAnswer.None(RejectReason.NoProject, $"the service's route is rejected: {rejected.Reason ?? "no reason given"}"),
            { } => RouteAnswer.Wait(TrySlug(table, value, out var slug, out _) ? slug : Accounts.Others),
            null => Unknown(table, value),
        };
    }

    public RouteTarget? TargetOf(string queue) => _loaded?.Targets.GetValueOrDefault(queue);

    public void Announce(string value)
    {
        if (_loaded is { } loaded && TrySlug(loaded.Table, value, out var slug, out _))
        {
            _announcer.Announce(value, slug);
        }
    }

    // The operator watches the projects; a new address or key comes with the next table.
    public void Recheck(string queue)
    {
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        KeepAsync("table", _watch.RunAsync, cancellationToken),
        KeepAsync("lease", _lease.RunAsync, cancellationToken),
        KeepAsync("announcements", _announcer.RunAsync, cancellationToken));

    public void Dispose() => _lease.Dispose();

    private static Route RouteTo(RouteTarget target) => new(target.ProjectSlug, target);

    private static bool TrySlug(RoutingTable table, string value, out string slug, out string error)
    {
        var policy = table.SlugPolicy == "normalize" ? SlugPolicy.Normalize : SlugPolicy.Strict;
        var found = SlugResolver.TryResolve(value, policy, table.Routes.Select(static route => route.Value), out var chosen, out var why);
        (slug, error) = (chosen ?? string.Empty, why ?? string.Empty);
        return found;
    }

    private RouteAnswer Unknown(RoutingTable table, string value)
    {
        if (_dsns.Default is { } single)
        {
            return RouteAnswer.Active(single);
        }

        if (!_exporter.AutoCreateProjects || value.Length > RouteAnnouncer.MaxValueLength)
        {
            return RouteAnswer.None(RejectReason.NoProject, $"no SentryProjectRoute names this value of {table.RoutingAttribute}");
        }

        return TrySlug(table, value, out var slug, out var error)
            ? RouteAnswer.Announce(slug)
            : RouteAnswer.None(RejectReason.UnroutableValue, error);
    }

    private void Swap(RoutingTable table)
    {
        var targets = table.Routes
            .Select(static route => route.Target)
            .Append(table.Fallback)
            .OfType<RouteTarget>()
            .DistinctBy(static target => target.ProjectSlug)
            .ToFrozenDictionary(static target => target.ProjectSlug, StringComparer.Ordinal);
        _loaded = new Loaded(table, targets);
        Log.TableLoaded(_logger, _name, table.Generation, table.Routes.Count);
        _lease.Touch();
        Changed?.Invoke();
    }

    private async Task KeepAsync(string what, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await run(cancellationToken);
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                Log.LoopFailed(_logger, exception, _name, what);
            }

            await Task.Delay(Pause, _timeProvider, cancellationToken);
        }
    }

    private sealed record Loaded(RoutingTable Table, FrozenDictionary<string, RouteTarget> Targets);
}
