using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Routing.Standalone;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing;

/// <summary>
/// Routes without Kubernetes: known projects are read at the start, a service's project is looked up or created when its first data come, and all are compared
/// with Sentry from time to time, so that deleted and renamed projects and changed keys are noticed.
/// </summary>
internal sealed class SentryRoutes : IRouteSource, IDisposable
{
    /// <summary>Why a service that the patterns keep out gets no project.</summary>
    public const string NotAllowed = "projects.allowed_services or denied_services keep the service from getting a project by itself, and there is none that is its own";

    private readonly ISentryApiClient _client;
    private readonly ProjectTable _table;
    private readonly CreationQuota _quota;
    private readonly ProjectLookups _lookups;
    private readonly CatalogComparison _comparison;
    private readonly MonotonicClock _clock;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private volatile ExporterConfiguration _exporter;
    private volatile DsnRoutes _dsns;
    private volatile ServicePatterns _services;
    private CancellationTokenSource _pause = new();
    private volatile bool _asksOrganization = true;

    public SentryRoutes(ExporterConfiguration exporter, ISentryApiClient client, TimeProvider timeProvider, Random random, ILogger logger)
    {
        _exporter = exporter;
        _dsns = new DsnRoutes(exporter);
        _services = PatternsOf(exporter);
        _client = client;
        _clock = new MonotonicClock(timeProvider);
        _timeProvider = timeProvider;
        _logger = logger;
        Collisions = new SlugCollisions(exporter.Id, timeProvider, logger);
        _table = new ProjectTable(exporter.Routing, Collisions, _clock);
        _quota = new CreationQuota(() => _exporter.Projects, _clock);
        _lookups = new ProjectLookups(() => _exporter, client, _table, _quota, _clock, timeProvider, random, logger, () => Changed?.Invoke());
        _comparison = new CatalogComparison(() => _exporter, client.Organization, _table, _lookups, _quota, _clock);
    }

    public event Action? Changed;

    public string Attribute => _exporter.Routing.ProjectFromAttribute;

    public string? NotReady { get; private set; } = "the token was not checked yet";

    // What comes before the token is checked waits like the data of any unknown service.
    public bool TakesDataEarly => true;

    public string? Problem { get; private set; }

    public IEnumerable<(string Value, string Queue)> Services => _table.Services.Concat(_dsns.Services);

    public SlugCollisions? Collisions { get; }

    public RouteSourceState? State => new(_table.Count(), _quota.Created, _lookups.Failures);

    public RouteAnswer Find(string value)
    {
        if (_dsns.Mapped(value) is { } mapped)
        {
            return RouteAnswer.Active(mapped);
        }

        var answer = _table.Find(value, out var due);
        if (due is not null)
        {
            lock (_table.Gate)
            {
                due.IsBarred = due.IsBarred && IsBarred(value);
                _lookups.Start(due);
            }
        }

        // Once Sentry's list is known, a project that is not there would have to be made.
        if (answer.Kind == RouteAnswerKind.Announce && NotReady is null && _exporter.AutoCreateProjects && IsBarred(value))
        {
            return RouteAnswer.None(Telemetry.RejectReason.NotAllowed, NotAllowed);
        }

        return answer is { Kind: RouteAnswerKind.None, Reason: Telemetry.RejectReason.MissingAttribute or Telemetry.RejectReason.UnroutableValue } && _dsns.Default is { } otherwise
            ? RouteAnswer.Active(otherwise)
            : answer;
    }

    // Whether Sentry has a project of that name is another question: its answer takes time, and must not decide where data go meanwhile.
    public RouteAnswer? Held(string value)
    {
        var routing = _exporter.Routing;
        var isNamed = value.Length == 0 ? routing.FallbackProject is not null : routing.ProjectMapping.ContainsKey(value);
        return _dsns.Held(value) ?? (isNamed ? Find(value) : null);
    }

    public RouteTarget? TargetOf(string queue)
    {
        lock (_table.Gate)
        {
            return _table.OfSlug(queue)?.Route?.Target ?? _dsns.TargetOf(queue);
        }
    }

    public int WeightOf(string queue) => Math.Max(_exporter.Routing.WeightOf(queue), _dsns.WeightOf(queue));

    public bool IsHeld(string queue)
    {
        lock (_table.Gate)
        {
            return _table.OfSlug(queue) is { IsGone: true } or { Route.IsHeld: true };
        }
    }

    public string? WhyWaiting(string value)
    {
        lock (_table.Gate)
        {
            return _table.OfValue(value)?.Error;
        }
    }

    public void Announce(string value)
    {
        lock (_table.Gate)
        {
            if (_table.Want(value) is { Route: null } entry)
            {
                // Several values may lead to one project: one that may have it made is enough.
                entry.IsBarred = (entry.IsBarred || entry.CheckedAt is null) && IsBarred(value);
                _lookups.Start(entry);
            }
        }
    }

    public void Recheck(string queue)
    {
        lock (_table.Gate)
        {
            if (_table.OfSlug(queue) is not { } entry)
            {
                return;
            }

            // Asked a moment ago: once more when the minute is over.
            var next = (entry.CheckedAt ?? _clock.Now) + ProjectLookups.RecheckInterval;
            entry.Hold();
            entry.WantedAt = _clock.Now;
            _lookups.Start(entry, next > _clock.Now ? next - _clock.Now : TimeSpan.Zero);
        }

        // Both signals of the project.
        Changed?.Invoke();
    }

    /// <summary>
    /// Routes by another configuration of the same organization from now on. Known projects stay known; Sentry is asked anew at once, so that a wrong token shows.
    /// </summary>
    public void Apply(ExporterConfiguration exporter)
    {
        _exporter = exporter;
        _dsns = new DsnRoutes(exporter);
        _services = PatternsOf(exporter);
        _table.Apply(exporter.Routing);

        // Another token, or other connections: the region is to be learnt anew.
        _asksOrganization = true;

        // Not disposed: whoever waits may just be linking to it.
        Interlocked.Exchange(ref _pause, new CancellationTokenSource()).Cancel();
        Changed?.Invoke();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(_lookups.Stop);
        for (var failures = 0; ; failures++)
        {
            var listedAt = _clock.Now;
            var changed = Volatile.Read(ref _pause).Token;
            var error = _asksOrganization ? (await _client.GetOrganizationAsync(cancellationToken)).Error : null;
            var catalog = error is null ? await ProjectCatalog.LoadAsync(_client, cancellationToken) : error;
            if (catalog.Value is { } known)
            {
                failures = -1;
                _asksOrganization = changed.IsCancellationRequested;
                _comparison.Apply(known, listedAt);
                (NotReady, Problem) = (null, null);
                Changed?.Invoke();
                await PauseAsync(_exporter.Projects.RefreshInterval, changed, cancellationToken);
                continue;
            }

            Log.CatalogNotRead(_logger, _exporter.Id, catalog.Error!.Message);
            Problem = catalog.Error.Message;
            if (NotReady is not null)
            {
                NotReady = catalog.Error.Message;
            }

            await PauseAsync(catalog.Error.RetryAfter ?? LookupPacer.Pause(failures), changed, cancellationToken);
        }
    }

    public void Dispose()
    {
        _lookups.Dispose();
        _pause.Dispose();
    }

    private static ServicePatterns PatternsOf(ExporterConfiguration exporter) => new(exporter.Projects.AllowedServices, exporter.Projects.DeniedServices);

    // The fallback project, and one that a mapping names, are somebody's word.
    private bool IsBarred(string value) => value.Length > 0 && !_exporter.Routing.ProjectMapping.ContainsKey(value) && !_services.Allows(value);

    // Ends early when another configuration comes.
    private async Task PauseAsync(TimeSpan pause, CancellationToken changed, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(changed, cancellationToken);
        await Task.Delay(pause, _timeProvider, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
