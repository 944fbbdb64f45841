using System.Collections.Concurrent;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Projects;

namespace SentryOtel.Sentry.Catalogs;

/// <summary>
/// What is known of an organisation's projects, shared by all who use one connection. It lists the organisation when that is cheaper than asking project by project, at
/// most once at a time, and learns from every call that goes through its views.
/// </summary>
/// <param name="client">Reads for the catalogue itself, until it is given another.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="times">How long answers hold.</param>
public sealed class OrganizationCatalog(ISentryApiClient client, TimeProvider timeProvider, CatalogTimes? times = null) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<string, (SentryError Error, long At)> _refused = new(StringComparer.Ordinal);
    private readonly ListDemand _demand = new((times ?? new CatalogTimes()).DemandWindow, timeProvider);
    private Listing? _listing;
    private volatile Mark? _listsNoProjects;
    private volatile Mark? _listsNoKeys;
    private volatile TeamList? _teams;
    private volatile SentryError? _failure;
    private volatile ISentryApiClient _client = client;

    /// <summary>Times in force.</summary>
    internal CatalogTimes Times { get; } = times ?? new CatalogTimes();

    /// <summary>What is known.</summary>
    internal CatalogEntries Entries { get; } = new();

    /// <summary>Why nothing that is known counts any more: the token or the organisation was refused when it was last tried. Null when it was not.</summary>
    internal SentryError? Failure => _failure;

    /// <summary>True on a server that lists keys by project only, so that they are not refreshed with the projects.</summary>
    public bool ListsNoKeys => IsWithin(_listsNoKeys, Times.Refused);

    /// <summary>Reads by this client from now on: the one before may be that of somebody who is gone.</summary>
    public void Use(ISentryApiClient client) => _client = client;

    /// <summary>
    /// A client for one pass: what the catalogue knows, and knows recently enough, is not asked for. What goes through it is remembered.
    /// </summary>
    /// <param name="passes">The client that calls go to which the catalogue can not answer, all writes among them.</param>
    /// <param name="request">What the pass wants: it says which answers have to be confirmed by the project itself.</param>
    /// <param name="maxAge">How old an answer may be; <see cref="TimeSpan.MaxValue"/> for whatever the last look told.</param>
    public ISentryApiClient ViewFor(ISentryApiClient passes, ProvisionRequest request, TimeSpan maxAge) => new CatalogView(this, passes, request, maxAge, timeProvider);

    /// <summary>A client that asks Sentry everything; what goes through it is remembered.</summary>
    public ISentryApiClient Recording(ISentryApiClient passes) => new RecordingClient(this, passes, timeProvider);

    /// <summary>Whether a pass would find something else than is known, as far as the last look tells.</summary>
    /// <param name="request">What the pass would want, and what is known.</param>
    /// <param name="endpoints">Where data are sent now.</param>
    public bool Differs(ProvisionRequest request, OtlpEndpoints? endpoints) => CatalogDrift.IsThere(this, request, endpoints);

    /// <summary>Whether so many projects are better looked at by a list than one by one.</summary>
    public bool PrefersList(int projects) => !IsWithin(_listsNoProjects, Times.Refused) && _demand.IsListCheaper(projects);

    /// <summary>Lists the organisation, unless somebody has just done so, and tells why that failed.</summary>
    public async Task<SentryError?> ListAsync(CancellationToken cancellationToken)
    {
        var listing = Current(timeProvider.GetTimestamp(), Times.Fresh) ?? Start();
        return await listing.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks at one project and its keys. One that is gone is no failure.</summary>
    public async Task<SentryError?> RefreshAsync(string projectId, CancellationToken cancellationToken)
    {
        var direct = Recording(_client);
        var project = await direct.GetProjectAsync(projectId, cancellationToken).ConfigureAwait(false);
        var error = project.Value is { } found ? (await direct.ListKeysAsync(found.Id, cancellationToken).ConfigureAwait(false)).Error : project.Error;
        return error is { Reason: SentryErrorReason.NotFound } && error.Operation != SentryApiOperation.GetOrganization.Name ? null : error;
    }

    /// <summary>Looks at a project's keys. A project that is gone is no failure.</summary>
    public async Task<SentryError?> RefreshKeysAsync(string projectId, CancellationToken cancellationToken)
    {
        var keys = await Recording(_client).ListKeysAsync(projectId, cancellationToken).ConfigureAwait(false);
        return keys.Error is { Reason: SentryErrorReason.NotFound } ? null : keys.Error;
    }

    /// <summary>Those of some projects whose keys are known, the ones first that were looked at longest ago.</summary>
    public IEnumerable<string> WithOldestKeys(IEnumerable<string> projectIds) => projectIds
        .Select(Entries.Find)
        .OfType<CatalogEntry>()
        .Where(static entry => entry.Keys is not null)
        .OrderBy(static entry => entry.KeysAt.Answered)
        .Select(static entry => entry.Project.Id);

    /// <summary>Somebody needs an answer that is not there.</summary>
    internal async Task<Demand> DemandAsync(long began, CancellationToken cancellationToken)
    {
        if (IsWithin(_listsNoProjects, Times.Refused))
        {
            return Demand.AskAlone;
        }

        var listing = Current(began, Times.Fresh) ?? (_demand.Add() ? Start() : null);
        if (listing is null)
        {
            return Demand.AskAlone;
        }

        var error = await listing.Done.WaitAsync(cancellationToken).ConfigureAwait(false);
        return error is null ? Demand.Listed
            : IsWithin(_listsNoProjects, Times.Refused) ? Demand.AskAlone
            : new Demand(error);
    }

    /// <summary>Whether a list that was read recently enough would have named a project that is not known.</summary>
    internal bool KnowsMisses(long began, TimeSpan maxAge) => Current(began, maxAge) is { HasSucceeded: true };

    /// <summary>Whether an answer is recent enough for a pass.</summary>
    internal bool IsRecent(ReadTime at, long began, TimeSpan maxAge) =>
        maxAge == TimeSpan.MaxValue || at.Asked >= began || timeProvider.GetElapsedTime(at.Answered) <= maxAge;

    /// <summary>The teams, when they are known.</summary>
    internal IReadOnlyList<SentryTeam>? KnownTeams => _teams is { } known && timeProvider.GetElapsedTime(known.At) <= Times.Teams ? known.Teams : null;

    /// <summary>Takes in the teams; null when they may have changed.</summary>
    internal void Remember(IReadOnlyList<SentryTeam>? teams) => _teams = teams is null ? null : new TeamList(teams, timeProvider.GetTimestamp());

    /// <summary>A change that Sentry refused a while ago, as every time; null when it may be tried.</summary>
    internal SentryError? RefusalOf(string change) => _refused.TryGetValue(change, out var known) && timeProvider.GetElapsedTime(known.At) < Times.Refused ? known.Error : null;

    /// <summary>Sentry refused a change for a reason that is not the project's.</summary>
    internal void RememberRefusal(string change, SentryError error) => _refused[change] = (error, timeProvider.GetTimestamp());

    /// <summary>Takes in what a read says about the token and the organisation as a whole.</summary>
    internal SentryError? Note(SentryError? error)
    {
        if (error is not { IsTransient: true })
        {
            _failure = error;
        }

        return error;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private bool IsWithin(Mark? since, TimeSpan span) => since is { At: var at } && timeProvider.GetElapsedTime(at) < span;

    /// <summary>A list that is recent enough, perhaps on its way or failed.</summary>
    private Listing? Current(long began, TimeSpan maxAge)
    {
        lock (_gate)
        {
            return _listing is { } last && (last.Began >= began || !last.Done.IsCompleted || timeProvider.GetElapsedTime(last.Ended) <= maxAge) ? last : null;
        }
    }

    private Listing Start()
    {
        lock (_gate)
        {
            if (_listing is { Done.IsCompleted: false })
            {
                return _listing;
            }

            var listing = new Listing(timeProvider.GetTimestamp());
            listing.Done = ReadAsync(listing, _stop.Token);
            return _listing = listing;
        }
    }

    private async Task<SentryError?> ReadAsync(Listing listing, CancellationToken cancellationToken)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var projects = await _client.ListProjectsAsync(cancellationToken).ConfigureAwait(false);
        if (projects.Error is { } noProjects)
        {
            listing.Ended = timeProvider.GetTimestamp();
            if (noProjects.Reason is SentryErrorReason.MissingScope or SentryErrorReason.Forbidden)
            {
                // A token may have the right to its projects and not to the organisation.
                _listsNoProjects = new Mark(listing.Ended);
                return noProjects;
            }

            return Note(noProjects);
        }

        IReadOnlyList<ProjectKey>? keys = null;
        if (!ListsNoKeys)
        {
            var all = await _client.ListOrganizationKeysAsync(cancellationToken).ConfigureAwait(false);
            keys = all.Value;
            if (all.Error is { } noKeys)
            {
                if (noKeys.Reason is not (SentryErrorReason.NotFound or SentryErrorReason.MissingScope or SentryErrorReason.Forbidden))
                {
                    listing.Ended = timeProvider.GetTimestamp();
                    return Note(noKeys);
                }

                _listsNoKeys = new Mark(timeProvider.GetTimestamp());
            }
        }

        listing.Ended = timeProvider.GetTimestamp();
        Entries.Merge(projects.Value!, keys, new ReadTime(listing.Began, listing.Ended));
        listing.HasSucceeded = true;
        _demand.Learn(projects.Value!.Count, keys?.Count);
        return Note(null);
    }

    private sealed record Mark(long At);

    private sealed record TeamList(IReadOnlyList<SentryTeam> Teams, long At);

    /// <summary>One reading of the lists.</summary>
    private sealed class Listing(long began)
    {
        public long Began { get; } = began;

        public long Ended { get; set; }

        public bool HasSucceeded { get; set; }

        /// <summary>Why it failed; null when it did not.</summary>
        public Task<SentryError?> Done { get; set; } = Task.FromResult<SentryError?>(null);
    }
}

/// <summary>What became of the wish for an answer that was not there.</summary>
/// <param name="Error">Why there is none, for anybody.</param>
/// <param name="IsAlone">No list was read.</param>
internal readonly record struct Demand(SentryError? Error, bool IsAlone = false)
{
    /// <summary>A list was read.</summary>
    public static readonly Demand Listed = new(null);

    /// <summary>Nobody else wants to know: ask for the one project.</summary>
    public static readonly Demand AskAlone = new(null, IsAlone: true);
}
