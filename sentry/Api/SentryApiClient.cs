using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SentryOtel.Sentry.Api;

/// <summary>Sentry's management API over HTTP. Facts: docs.sentry.io/api, and Sentry's own openapi schema.</summary>
public sealed class SentryApiClient : ISentryApiClient, IDisposable
{
    private const int MaxNameLength = 50;
    private const int MaxKeyNameLength = 64;

    private readonly SentryApiOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly SentryApiCaller _caller;
    private readonly ILogger _logger;

    /// <summary>A client over <paramref name="handler"/>, which it does not dispose.</summary>
    /// <param name="options">Where and as whom.</param>
    /// <param name="handler">Connections; <see cref="SentryHttpOptions.CreateHandler"/>.</param>
    /// <param name="budget">Shared by all clients of the token.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="random">Jitter.</param>
    /// <param name="logger">Where retries are told.</param>
    public SentryApiClient(
        SentryApiOptions options,
        HttpMessageHandler handler,
        SentryApiBudget budget,
        TimeProvider timeProvider,
        Random random,
        ILogger<SentryApiClient>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _http = new HttpMessageInvoker(handler, disposeHandler: false);
        _logger = logger ?? NullLogger<SentryApiClient>.Instance;
        _caller = new SentryApiCaller(options, new SentryTransport(_http, options, budget, timeProvider, random, _logger), _logger);
    }

    /// <inheritdoc/>
    public string Organization => _options.Organization;

    /// <summary>The base in use: the configured address, or the organisation's region once that is known.</summary>
    public Uri BaseAddress => _caller.BaseAddress;

    /// <inheritdoc/>
    public Task<SentryResult<SentryOrganization>> GetOrganizationAsync(CancellationToken cancellationToken) =>
        _caller.GetOrganizationAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<SentryProject>>> ListProjectsAsync(CancellationToken cancellationToken) =>
        _caller.ListAsync(
            SentryApiOperation.ListProjects,
            ["organizations", Organization, "projects"],
            null,
            SentryJson.Default.ListSentryProject,
            static project => project.Id,
            cancellationToken);

    /// <inheritdoc/>
    public async Task<SentryResult<SentryProject>> GetProjectAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var (answer, error) = await _caller.ExchangeAsync(SentryApiOperation.GetProject, ["projects", Organization, slugOrId], null, null, cancellationToken).ConfigureAwait(false);
        if (error is null && answer!.Status is 301 or 302 or 307 or 308
            && ErrorBody.Parse(answer.Body).MovedTo is { Length: > 0 } slug && slug != slugOrId)
        {
            (answer, error) = await _caller.ExchangeAsync(SentryApiOperation.GetProject, ["projects", Organization, slug], null, null, cancellationToken).ConfigureAwait(false);
        }

        return error ?? _caller.Decode(SentryApiOperation.GetProject, answer!, SentryJson.Default.SentryProject);
    }

    /// <inheritdoc/>
    public async Task<SentryResult<SentryProject>> CreateProjectAsync(string team, NewProject project, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(project);
        var platform = string.IsNullOrWhiteSpace(project.Platform) ? "other" : project.Platform;
        var result = await PostProjectAsync(team, project, platform, cancellationToken).ConfigureAwait(false);
        if (result.Error is { Reason: SentryErrorReason.Invalid } error && error.Fields.ContainsKey("platform") && platform != "other")
        {
            Log.PlatformUnknown(_logger, platform, project.Slug);
            return await PostProjectAsync(team, project, "other", cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    /// <inheritdoc/>
    public Task<SentryResult<SentryProject>> UpdateProjectAsync(string slugOrId, ProjectUpdate update, CancellationToken cancellationToken) =>
        _caller.SendAsync(
            SentryApiOperation.UpdateProject,
            ["projects", Organization, slugOrId],
            null,
            JsonSerializer.SerializeToUtf8Bytes(update, SentryJson.Default.ProjectUpdate),
            SentryJson.Default.SentryProject,
            cancellationToken);

    /// <inheritdoc/>
    public async Task<SentryResult<bool>> DeleteProjectAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var (answer, error) = await _caller.ExchangeAsync(SentryApiOperation.DeleteProject, ["projects", Organization, slugOrId], null, null, cancellationToken).ConfigureAwait(false);
        return (error, answer) switch
        {
            ({ } failure, _) => failure,
            (_, { IsSuccess: true }) => true,
            (_, { Status: 404 }) => false,
            _ => SentryErrorReader.Read(SentryApiOperation.DeleteProject, answer!, _options.Token),
        };
    }

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<SentryTeam>>> ListTeamsAsync(CancellationToken cancellationToken) =>
        _caller.ListAsync(
            SentryApiOperation.ListTeams,
            ["organizations", Organization, "teams"],
            "detailed=0",
            SentryJson.Default.ListSentryTeam,
            static team => team.Id,
            cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<SentryTeam>> CreateTeamAsync(string slug, CancellationToken cancellationToken) =>
        _caller.SendAsync(
            SentryApiOperation.CreateTeam,
            ["organizations", Organization, "teams"],
            null,
            JsonSerializer.SerializeToUtf8Bytes(new CreateTeamBody(slug), SentryJson.Default.CreateTeamBody),
            SentryJson.Default.SentryTeam,
            cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<SentryProject>> AddTeamAsync(string slugOrId, string team, CancellationToken cancellationToken) =>
        _caller.SendAsync(
            SentryApiOperation.AddTeam,
            ["projects", Organization, slugOrId, "teams", team],
            null,
            null,
            SentryJson.Default.SentryProject,
            cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<ProjectKey>>> ListKeysAsync(string slugOrId, CancellationToken cancellationToken) =>
        ListActiveKeysAsync(SentryApiOperation.ListKeys, ["projects", Organization, slugOrId, "keys"], cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<ProjectKey>> CreateKeyAsync(string slugOrId, string name, CancellationToken cancellationToken) =>
        _caller.SendAsync(
            SentryApiOperation.CreateKey,
            ["projects", Organization, slugOrId, "keys"],
            null,
            JsonSerializer.SerializeToUtf8Bytes(new CreateKeyBody(Cut(name, MaxKeyNameLength)), SentryJson.Default.CreateKeyBody),
            SentryJson.Default.ProjectKey,
            cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<ProjectKey>>> ListOrganizationKeysAsync(CancellationToken cancellationToken) =>
        ListActiveKeysAsync(SentryApiOperation.ListOrganizationKeys, ["organizations", Organization, "project-keys"], cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _caller.Dispose();
    }

    private Task<SentryResult<SentryProject>> PostProjectAsync(string team, NewProject project, string platform, CancellationToken cancellationToken)
    {
        var name = string.IsNullOrWhiteSpace(project.Name) ? project.Slug : project.Name;
        var body = new CreateProjectBody(Cut(name, MaxNameLength), project.Slug, platform, DefaultRules: false);
        return _caller.SendAsync(
            SentryApiOperation.CreateProject,
            ["teams", Organization, team, "projects"],
            null,
            JsonSerializer.SerializeToUtf8Bytes(body, SentryJson.Default.CreateProjectBody),
            SentryJson.Default.SentryProject,
            cancellationToken);
    }

    private async Task<SentryResult<IReadOnlyList<ProjectKey>>> ListActiveKeysAsync(
        SentryApiOperation operation,
        string[] segments,
        CancellationToken cancellationToken)
    {
        var keys = await _caller.ListAsync(operation, segments, "status=active", SentryJson.Default.ListProjectKey, static key => key.Public, cancellationToken).ConfigureAwait(false);
        return keys.Value is { } list
            ? SentryResult<IReadOnlyList<ProjectKey>>.Success([.. list.Where(static key => key is { IsActive: true, Public.Length: > 0 })])
            : keys;
    }

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
