using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Sentry.Routing;

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
    private readonly AnnouncedSlugs _announced;
    private readonly LogThrottle _throttle;
    private readonly ServicePatterns _services;
    private volatile LoadedTable? _loaded;

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
        _lease = new TableLease(client, ns, source.Exporter, identity, () => _loaded?.Generation, timeProvider, logger);
        _throttle = new LogThrottle(timeProvider);
        Collisions = new SlugCollisions(exporter.Id, timeProvider, logger);
        _announced = new AnnouncedSlugs(exporter.Projects.MaxAutoCreated, Collisions);
        _announcer = new RouteAnnouncer(client, ns, source.Exporter, exporter.Projects, timeProvider, logger);
        _services = new ServicePatterns(exporter.Projects.AllowedServices, exporter.Projects.DeniedServices);
    }

    public event Action? Changed;

    public string Attribute => _loaded?.Attribute ?? _exporter.Routing.ProjectFromAttribute;

    public string? NotReady => _loaded is null ? $"the routing table {_name}-routes is not loaded yet" : null;

    public bool TakesDataEarly => false;

    public SlugCollisions? Collisions { get; }

    public IEnumerable<(string Value, string Queue)> Services => (_loaded?.Services ?? []).Concat(_dsns.Services);

    public RouteAnswer Find(string value)
    {
        if (_dsns.Mapped(value) is { } mapped)
        {
            return RouteAnswer.Active(mapped);
        }

        if (_loaded is not { } table)
        {
            return RouteAnswer.Wait(Accounts.Others);
        }

        return value.Length == 0 ? Missing(table) : table.Find(value) ?? Unknown(table, value);
    }

    public RouteAnswer? Held(string value) => _dsns.Held(value) ?? (value.Length == 0 ? _loaded?.Missing : _loaded?.Find(value));

    public RouteTarget? TargetOf(string queue) => _loaded?.TargetOf(queue) ?? _dsns.TargetOf(queue);

    public int WeightOf(string queue) =>
        Math.Max(_loaded?.WeightOf(queue) ?? RoutingConfiguration.UsualWeight, _exporter.Routing.WeightOf(TargetOf(queue)?.ProjectSlug ?? queue));

    public void Announce(string value)
    {
        if (_loaded is not { } table || table.Holds(value) || !IsAllowed(value))
        {
            return;
        }

        // A slug is tied to the value only when there is room, and there may be because of the slug.
        var mapped = Mapped(value);
        var slug = mapped ?? (_announced.TryChoose(table, value, out var wanted, out _) ? wanted : null);
        if (slug is not null && _announcer.HasRoom(table, value, slug) && (mapped ?? _announced.Take(table, value)) is { } taken)
        {
            _announcer.Announce(table, value, taken);
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

    private RouteAnswer Missing(LoadedTable table) => table.Missing
        ?? (_dsns.Default is { } otherwise
            ? RouteAnswer.Active(otherwise)
            : RouteAnswer.None(RejectReason.MissingAttribute, $"the resource attribute {table.Attribute} is missing"));

    private RouteAnswer Unknown(LoadedTable table, string value)
    {
        if (_dsns.Default is { } single)
        {
            return RouteAnswer.Active(single);
        }

        if (!_exporter.AutoCreateProjects || value.Length > RouteAnnouncer.MaxValueLength)
        {
            return RouteAnswer.None(RejectReason.NoProject, $"no SentryProjectRoute names this value of {table.Attribute}");
        }

        if (!IsAllowed(value))
        {
            return Refuse(RejectReason.NotAllowed, value, $"allowedServices or deniedServices of the SentryExporter keep this value of {table.Attribute} from getting a project by itself");
        }

        var slug = Mapped(value);
        if (slug is null && !_announced.TryChoose(table, value, out slug, out var error))
        {
            return RouteAnswer.None(RejectReason.UnroutableValue, error);
        }

        return _announcer.HasRoom(table, value, slug)
            ? RouteAnswer.Announce(slug)
            : Refuse(RejectReason.TooManyServices, value, $"as many services as maxAutoCreated of the SentryExporter allows ({_exporter.Projects.MaxAutoCreated}) have a route that nobody wrote");
    }

    // A mapping is somebody's word.
    private bool IsAllowed(string value) => Mapped(value) is not null || _services.Allows(value);

    private string? Mapped(string value) => _exporter.Routing.ProjectMapping.GetValueOrDefault(value);

    private RouteAnswer Refuse(RejectReason reason, string value, string message)
    {
        if (_throttle.TryPass(reason.Name(), out var suppressed))
        {
            Log.ServiceRefused(_logger, _name, ShownValue.Of(value), message, suppressed);
        }

        return RouteAnswer.None(reason, message);
    }

    private void Swap(RoutingTable table)
    {
        var next = new LoadedTable(table);
        _announced.Settle(next);
        _announcer.Settle(next);
        _loaded = next;
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
                if (_throttle.TryPass(what, out var suppressed))
                {
                    Log.LoopFailed(_logger, exception, _name, what, suppressed);
                }
            }

            await Task.Delay(Pause, _timeProvider, cancellationToken);
        }
    }
}
