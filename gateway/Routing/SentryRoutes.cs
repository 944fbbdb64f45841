using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Projects;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing;

/// <summary>
/// Routes without Kubernetes: known projects are read at the start, a service's project is looked up or created when its first data come, and all are compared
/// with Sentry from time to time, so that deleted and renamed projects and changed keys are noticed.
/// </summary>
internal sealed class SentryRoutes : IRouteSource, IDisposable
{
    private const int MaxValues = 20_000;
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RecheckInterval = TimeSpan.FromMinutes(1);

    private readonly ISentryApiClient _client;
    private readonly ProjectProvisioner _provisioner;
    private readonly MonotonicClock _clock;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _lookups = new(4, 4);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, ProjectEntry> _bySlug = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _slugOfValue = new(StringComparer.Ordinal);
    private volatile ExporterConfiguration _exporter;
    private volatile DsnRoutes _dsns;
    private SlugChoice _slugs;
    private CancellationTokenSource _pause = new();
    private int _created;

    public SentryRoutes(ExporterConfiguration exporter, ISentryApiClient client, TimeProvider timeProvider, ILogger logger)
    {
        _exporter = exporter;
        _dsns = new DsnRoutes(exporter);
        _slugs = new SlugChoice(exporter.Routing);
        _client = client;
        _provisioner = new ProjectProvisioner(client, timeProvider);
        _clock = new MonotonicClock(timeProvider);
        _timeProvider = timeProvider;
        _logger = logger;
    }

    public event Action? Changed;

    public string Attribute => _exporter.Routing.ProjectFromAttribute;

    public string? NotReady { get; private set; } = "the token was not checked yet";

    // What comes before the token is checked waits like the data of any unknown service.
    public bool TakesDataEarly => true;

    public RouteAnswer Find(string value)
    {
        if (_dsns.Mapped(value) is { } mapped)
        {
            return RouteAnswer.Active(mapped);
        }

        lock (_gate)
        {
            if (!TryChooseLocked(value, out var slug, out var error))
            {
                return _dsns.Default is { } otherwise
                    ? RouteAnswer.Active(otherwise)
                    : RouteAnswer.None(value.Length == 0 ? RejectReason.MissingAttribute : RejectReason.UnroutableValue, error);
            }

            return _bySlug.GetValueOrDefault(slug) switch
            {
                { Target: { } target } => RouteAnswer.Active(new Route(slug, target)),
                { IsBusy: true } => RouteAnswer.Wait(slug),
                { Refusal: { } refusal, RetryAt: var at } when at > _clock.Now => RouteAnswer.None(RejectReason.NoProject, refusal),
                _ => RouteAnswer.Announce(slug),
            };
        }
    }

    public RouteTarget? TargetOf(string queue)
    {
        lock (_gate)
        {
            return _bySlug.GetValueOrDefault(queue)?.Target ?? _dsns.TargetOf(queue);
        }
    }

    public void Announce(string value)
    {
        lock (_gate)
        {
            if (TryChooseLocked(value, out var slug, out _))
            {
                StartLocked(slug);
            }
        }
    }

    public void Recheck(string queue)
    {
        lock (_gate)
        {
            if (_bySlug.TryGetValue(queue, out var entry) && !entry.IsBusy && entry.CheckedAt + RecheckInterval <= _clock.Now)
            {
                StartLocked(queue);
            }
        }
    }

    /// <summary>
    /// Routes by another configuration of the same organization from now on. Known projects stay known; Sentry is asked anew at once, so that a wrong token shows.
    /// </summary>
    public void Apply(ExporterConfiguration exporter)
    {
        CancellationTokenSource pause;
        lock (_gate)
        {
            _exporter = exporter;
            _dsns = new DsnRoutes(exporter);
            _slugs = new SlugChoice(exporter.Routing);
            _slugOfValue.Clear();
            foreach (var entry in _bySlug.Values)
            {
                entry.ForgetRefusal();
            }

            (pause, _pause) = (_pause, new CancellationTokenSource());
        }

        // Not disposed: whoever waits may just be linking to it.
        pause.Cancel();
        Changed?.Invoke();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var registration = cancellationToken.Register(_stop.Cancel);
        var pause = FirstRetry;
        while (true)
        {
            var changed = Volatile.Read(ref _pause).Token;
            var error = NotReady is null ? null : (await _client.GetOrganizationAsync(cancellationToken)).Error;
            var catalog = error is null ? await ProjectCatalog.LoadAsync(_client, cancellationToken) : error;
            if (catalog.Value is { } known)
            {
                pause = FirstRetry;
                Compare(known);
                NotReady = null;
                await PauseAsync(_exporter.Projects.RefreshInterval, changed, cancellationToken);
                continue;
            }

            Log.CatalogNotRead(_logger, _exporter.Id, catalog.Error!.Message);
            if (NotReady is not null)
            {
                NotReady = catalog.Error.Message;
            }

            await PauseAsync(catalog.Error.RetryAfter ?? pause, changed, cancellationToken);
            pause = Longer(pause);
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _pause.Dispose();
        _lookups.Dispose();
    }

    // Ends early when another configuration comes.
    private async Task PauseAsync(TimeSpan pause, CancellationToken changed, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(changed, cancellationToken);
        await Task.Delay(pause, _timeProvider, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestRetry ? pause * 2 : LongestRetry;

    // A value keeps the slug that it got first: a late comer must not move its data.
    private bool TryChooseLocked(string value, out string slug, out string error)
    {
        if (_slugOfValue.TryGetValue(value, out slug!))
        {
            error = string.Empty;
            return true;
        }

        var found = _slugs.TryChoose(value, _slugOfValue.Keys, out var chosen, out var why);
        if (found && _slugOfValue.Count < MaxValues)
        {
            _slugOfValue[value] = chosen!;
        }

        (slug, error) = (chosen ?? string.Empty, why ?? string.Empty);
        return found;
    }

    private void StartLocked(string slug)
    {
        if (!_bySlug.TryGetValue(slug, out var entry))
        {
            _bySlug[slug] = entry = new ProjectEntry();
        }

        if (!entry.IsBusy)
        {
            entry.IsBusy = true;
            _ = Task.Run(() => ResolveAsync(slug, entry));
        }
    }

    private async Task ResolveAsync(string slug, ProjectEntry entry)
    {
        var pause = FirstRetry;
        try
        {
            while (true)
            {
                var (done, retryAfter) = await TryProvisionAsync(slug, entry, _stop.Token);
                if (done)
                {
                    Changed?.Invoke();
                    return;
                }

                await Task.Delay(retryAfter ?? pause, _timeProvider, _stop.Token);
                pause = Longer(pause);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            Log.LookupEnded(_logger, _exporter.Id, slug);
        }
    }

    /// <summary>One look-up; not done when it has to be repeated.</summary>
    private async Task<(bool Done, TimeSpan? RetryAfter)> TryProvisionAsync(string slug, ProjectEntry entry, CancellationToken cancellationToken)
    {
        await _lookups.WaitAsync(cancellationToken);
        try
        {
            var result = await _provisioner.ProvisionAsync(Request(slug, entry), cancellationToken);
            lock (_gate)
            {
                var error = TakeLocked(slug, entry, result);
                return (error is null, error?.Cause?.RetryAfter);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Log.LookupThrew(_logger, exception, _exporter.Id, slug);
            return (false, null);
        }
        finally
        {
            _lookups.Release();
        }
    }

    private ProvisionRequest Request(string slug, ProjectEntry entry) => new()
    {
        Owner = _exporter.Id,
        Slug = slug,
        Team = _exporter.Projects.Team,
        Platform = _exporter.Projects.Platform,
        MayCreate = _exporter.AutoCreateProjects && Volatile.Read(ref _created) < _exporter.Projects.MaxAutoCreated,
        Adoption = AdoptionPolicy.Reference,
        Known = entry.Target is { } target ? new KnownProject(target.ProjectId, slug, Created: false, target.PublicKey) : null,
    };

    private ProvisionError? TakeLocked(string slug, ProjectEntry entry, ProvisionResult result)
    {
        if (result.Project is { } project)
        {
            if (project.Created)
            {
                Interlocked.Increment(ref _created);
                Log.ProjectCreated(_logger, _exporter.Id, project.Slug);
            }

            entry.Settle(Target(project), _clock.Now);
            return null;
        }

        var error = result.Error!;
        if (error.Reason is not (ProvisionErrorReason.ProjectNotFound or ProvisionErrorReason.InvalidSlug or ProvisionErrorReason.ProjectExists or ProvisionErrorReason.SlugTaken))
        {
            // A token or team that someone will put right, or an outage: the data wait as long as they may.
            Log.LookupFailed(_logger, _exporter.Id, slug, error.Message);
            return error;
        }

        var limit = _exporter.AutoCreateProjects && error.Reason == ProvisionErrorReason.ProjectNotFound
            ? $"projects.max_auto_created ({_exporter.Projects.MaxAutoCreated}) is reached; {error.Message}"
            : error.Message;
        Log.NoProject(_logger, _exporter.Id, slug, limit);
        entry.Refuse(limit, _clock.Now, RecheckInterval);
        return null;
    }

    private void Compare(ProjectCatalog catalog)
    {
        lock (_gate)
        {
            var slugOfId = _bySlug.Where(pair => pair.Value.Target is not null).ToLookup(pair => pair.Value.Target!.ProjectId, pair => pair.Key, StringComparer.Ordinal);
            foreach (var project in catalog.Projects)
            {
                var slugs = slugOfId[project.Id].Append(project.Slug).Distinct(StringComparer.Ordinal);
                foreach (var slug in slugs)
                {
                    TakeLocked(slug, project, catalog);
                }
            }

            foreach (var (slug, entry) in _bySlug.Where(pair => pair.Value.Target is { } target && catalog.FindById(target.ProjectId) is null).ToArray())
            {
                // Made after the list was read, or gone: the look-up tells.
                if (!entry.IsBusy && entry.CheckedAt + RecheckInterval <= _clock.Now)
                {
                    StartLocked(slug);
                }
            }
        }

        Changed?.Invoke();
    }

    private void TakeLocked(string slug, SentryProject project, ProjectCatalog catalog)
    {
        var entry = _bySlug.GetValueOrDefault(slug);
        if (entry is { IsBusy: true } || (entry is null && _bySlug.Count >= MaxValues))
        {
            return;
        }

        var key = ProjectKeyChoice.Choose(catalog.KeysOf(project.Id), inUse: entry?.Target?.PublicKey);
        if (key is null || !OtlpEndpoints.TryFromKey(key, out var endpoints, out _))
        {
            return;
        }

        _bySlug[slug] = entry ??= new ProjectEntry();
        entry.Settle(Target(project.Id, project.Slug, key.Public, endpoints), _clock.Now);
    }

    private RouteTarget Target(ProvisionedProject project) => Target(project.Id, project.Slug, project.PublicKey, project.Endpoints);

    private RouteTarget Target(string id, string slug, string publicKey, OtlpEndpoints endpoints) => new()
    {
        ProjectId = id,
        ProjectSlug = slug,
        PublicKey = publicKey,
        TracesEndpoint = endpoints.Traces.AbsoluteUri,
        LogsEndpoint = endpoints.Logs.AbsoluteUri,
        Organization = _client.Organization,
    };
}
