using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Gateway.Routing.Standalone;

/// <summary>
/// Looks projects up and creates them. Only a 404 of Sentry's own says that there is none; every other failure leaves things as they were and is repeated: for a
/// service that waits after 2 to 60 s, for a project that Sentry refused not before a minute has passed.
/// </summary>
internal sealed class ProjectLookups : IDisposable
{
    /// <summary>A refused project is looked up so often at most; Relay remembers a refused key for 60 s.</summary>
    public static readonly TimeSpan RecheckInterval = TimeSpan.FromMinutes(1);

    private readonly Func<ExporterConfiguration> _configuration;
    private readonly ProjectTable _table;
    private readonly CreationQuota _quota;
    private readonly LookupPacer _pacer;
    private readonly LookupVerdicts _verdicts;
    private readonly ProjectProvisioner _provisioner;
    private readonly MonotonicClock _clock;
    private readonly TimeProvider _timeProvider;
    private readonly LogThrottle _throttle;
    private readonly ILogger _logger;
    private readonly Action _changed;
    private readonly CancellationTokenSource _stop = new();
    private long _failures;

    public ProjectLookups(
        Func<ExporterConfiguration> configuration, ISentryApiClient client, ProjectTable table, CreationQuota quota, MonotonicClock clock, TimeProvider timeProvider, Random random,
        ILogger logger, Action changed)
    {
        _configuration = configuration;
        _table = table;
        _quota = quota;
        _pacer = new LookupPacer(clock, timeProvider, random);
        _throttle = new LogThrottle(timeProvider);
        _verdicts = new LookupVerdicts(configuration, client.Organization, table, quota, clock, _throttle, logger);
        _provisioner = new ProjectProvisioner(client, timeProvider);
        _clock = clock;
        _timeProvider = timeProvider;
        _logger = logger;
        _changed = changed;
    }

    /// <summary>Look-ups that Sentry did not answer as it should.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>Looks a project up, unless that is done already. Under the table's lock.</summary>
    public void Start(ProjectEntry entry, TimeSpan delay = default)
    {
        if (!entry.IsBusy && !_stop.IsCancellationRequested)
        {
            entry.IsBusy = true;
            var stop = _stop.Token;
            _ = Task.Run(() => RunAsync(entry, delay, stop), CancellationToken.None);
        }
    }

    /// <summary>Ends all look-ups.</summary>
    public void Stop() => _stop.Cancel();

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
        _pacer.Dispose();
    }

    private ExporterConfiguration Exporter => _configuration();

    private async Task RunAsync(ProjectEntry entry, TimeSpan delay, CancellationToken stop)
    {
        var permit = false;
        try
        {
            for (var attempt = 0; ; attempt++)
            {
                if (delay > TimeSpan.Zero)
                {
                    await Task.Delay(delay, _timeProvider, stop);
                }

                var verdict = await LookAsync(entry, permit, attempt, stop);
                permit = verdict.Permit;
                if (verdict.Next is not { } pause || IsForgotten(entry, pause))
                {
                    break;
                }

                delay = pause;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Log.LookupEnded(_logger, Exporter.Id, entry.Slug);
        }
        finally
        {
            if (permit)
            {
                _quota.Return();
            }

            lock (_table.Gate)
            {
                entry.IsBusy = false;
            }
        }

        _changed();
    }

    // Nothing of what wanted the project can wait that long: whoever comes next starts anew.
    private bool IsForgotten(ProjectEntry entry, TimeSpan pause)
    {
        lock (_table.Gate)
        {
            return _clock.Now + pause > entry.WantedAt + (entry is { IsGone: true } or { Route: not null } ? Exporter.Queue.MaxAge : Exporter.Queue.Parking.MaxAge);
        }
    }

    private async Task<Verdict> LookAsync(ProjectEntry entry, bool permit, int attempt, CancellationToken stop)
    {
        await _pacer.EnterAsync(stop);
        var started = _clock.Now;
        try
        {
            permit = permit || (MayCreate(entry) && _quota.TryTake());
            var result = await _provisioner.ProvisionAsync(Request(entry, permit), stop);
            if (result.Error is { } error && LookupVerdicts.IsEverybodys(error))
            {
                _pacer.Fail(entry.Slug, started);
            }
            else
            {
                _pacer.Succeed();
            }

            Verdict verdict;
            lock (_table.Gate)
            {
                verdict = _verdicts.Take(entry, result, permit, attempt);
            }

            Interlocked.Add(ref _failures, verdict.Failed ? 1 : 0);
            if (verdict.Changed)
            {
                _changed();
            }

            return verdict with { Next = verdict.Next is { } pause && verdict.Failed ? _pacer.Jittered(pause) : verdict.Next };
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Interlocked.Increment(ref _failures);
            if (_throttle.TryPass("threw", out _))
            {
                Log.LookupThrew(_logger, exception, Exporter.Id, entry.Slug);
            }

            return new Verdict(LookupPacer.Pause(attempt), permit, Failed: true, Changed: false);
        }
        finally
        {
            _pacer.Leave();
        }
    }

    private bool MayCreate(ProjectEntry entry) =>
        Exporter.AutoCreateProjects && !entry.IsBarred && (Exporter.Projects.RecreateDeleted || entry is { Route: null, IsGone: false });

    private ProvisionRequest Request(ProjectEntry entry, bool mayCreate) => new()
    {
        Owner = Exporter.Id,
        Slug = entry.Slug,
        Team = Exporter.Projects.Team,
        Platform = Exporter.Projects.Platform,
        MayCreate = mayCreate,
        Adoption = AdoptionPolicy.Reference,
        Intent = entry.Intent,
        RecordIntent = (intent, _) =>
        {
            entry.Intent = intent;
            return Task.CompletedTask;
        },
        IngestUrl = Exporter.IngestUrl,
        Known = entry.Route?.Target is { } target ? new KnownProject(target.ProjectId, target.ProjectSlug, Created: false, target.PublicKey) : null,
    };
}

/// <summary>What becomes of a look-up.</summary>
/// <param name="Next">When to look again; null when that is not needed.</param>
/// <param name="Permit">Whether a permit to create is kept.</param>
/// <param name="Failed">Whether Sentry did not answer as it should.</param>
/// <param name="Changed">Whether data may have another way now.</param>
internal readonly record struct Verdict(TimeSpan? Next, bool Permit, bool Failed, bool Changed);
