using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace SentryOtel.Sentry.Api;

/// <summary>Sentry's management API over HTTP. Facts: docs.sentry.io/api, and Sentry's own openapi schema.</summary>
public sealed class SentryApiClient : ISentryApiClient, IDisposable
{
    private const int PageSize = 100;
    private const int MaxPages = 1000;
    private const int MaxNameLength = 50;
    private const int MaxKeyNameLength = 64;

    private readonly SentryApiOptions _options;
    private readonly HttpMessageInvoker _http;
    private readonly SentryTransport _transport;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _regionLock = new(1, 1);
    private Uri _base;
    private volatile bool _regionKnown;

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
        _base = ApiAddress.Base(options.Url);
        _http = new HttpMessageInvoker(handler, disposeHandler: false);
        _logger = logger ?? NullLogger<SentryApiClient>.Instance;
        _transport = new SentryTransport(_http, options, budget, timeProvider, random, _logger);
    }

    /// <inheritdoc/>
    public string Organization => _options.Organization;

    /// <summary>The base in use: the configured address, or the organisation's region once that is known.</summary>
    public Uri BaseAddress => _base;

    /// <inheritdoc/>
    public async Task<SentryResult<SentryOrganization>> GetOrganizationAsync(CancellationToken cancellationToken)
    {
        var result = await SendAsync(
            SentryApiOperation.GetOrganization,
            ["organizations", Organization],
            "detailed=0",
            null,
            SentryJson.Default.SentryOrganization,
            cancellationToken).ConfigureAwait(false);
        if (result.Value is { } organization)
        {
            UseRegion(organization);
        }

        return result;
    }

    /// <inheritdoc/>
    public Task<SentryResult<IReadOnlyList<SentryProject>>> ListProjectsAsync(CancellationToken cancellationToken) =>
        ListAsync(
            SentryApiOperation.ListProjects,
            ["organizations", Organization, "projects"],
            null,
            SentryJson.Default.ListSentryProject,
            static project => project.Id,
            cancellationToken);

    /// <inheritdoc/>
    public async Task<SentryResult<SentryProject>> GetProjectAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var (answer, error) = await ExchangeAsync(SentryApiOperation.GetProject, ["projects", Organization, slugOrId], null, null, cancellationToken).ConfigureAwait(false);
        if (error is null && answer!.Status is 301 or 302 or 307 or 308
            && ErrorBody.Parse(answer.Body).MovedTo is { Length: > 0 } slug && slug != slugOrId)
        {
            (answer, error) = await ExchangeAsync(SentryApiOperation.GetProject, ["projects", Organization, slug], null, null, cancellationToken).ConfigureAwait(false);
        }

        return error ?? Decode(SentryApiOperation.GetProject, answer!, SentryJson.Default.SentryProject);
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
        SendAsync(
            SentryApiOperation.UpdateProject,
            ["projects", Organization, slugOrId],
            null,
            JsonSerializer.SerializeToUtf8Bytes(update, SentryJson.Default.ProjectUpdate),
            SentryJson.Default.SentryProject,
            cancellationToken);

    /// <inheritdoc/>
    public async Task<SentryResult<bool>> DeleteProjectAsync(string slugOrId, CancellationToken cancellationToken)
    {
        var (answer, error) = await ExchangeAsync(SentryApiOperation.DeleteProject, ["projects", Organization, slugOrId], null, null, cancellationToken).ConfigureAwait(false);
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
        ListAsync(
            SentryApiOperation.ListTeams,
            ["organizations", Organization, "teams"],
            "detailed=0",
            SentryJson.Default.ListSentryTeam,
            static team => team.Id,
            cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<SentryTeam>> CreateTeamAsync(string slug, CancellationToken cancellationToken) =>
        SendAsync(
            SentryApiOperation.CreateTeam,
            ["organizations", Organization, "teams"],
            null,
            JsonSerializer.SerializeToUtf8Bytes(new CreateTeamBody(slug), SentryJson.Default.CreateTeamBody),
            SentryJson.Default.SentryTeam,
            cancellationToken);

    /// <inheritdoc/>
    public Task<SentryResult<SentryProject>> AddTeamAsync(string slugOrId, string team, CancellationToken cancellationToken) =>
        SendAsync(
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
        SendAsync(
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
        _regionLock.Dispose();
    }

    private Task<SentryResult<SentryProject>> PostProjectAsync(string team, NewProject project, string platform, CancellationToken cancellationToken)
    {
        var name = string.IsNullOrWhiteSpace(project.Name) ? project.Slug : project.Name;
        var body = new CreateProjectBody(Cut(name, MaxNameLength), project.Slug, platform, DefaultRules: false);
        return SendAsync(
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
        var keys = await ListAsync(operation, segments, "status=active", SentryJson.Default.ListProjectKey, static key => key.Public, cancellationToken).ConfigureAwait(false);
        return keys.Value is { } list
            ? SentryResult<IReadOnlyList<ProjectKey>>.Success([.. list.Where(static key => key is { IsActive: true, Public.Length: > 0 })])
            : keys;
    }

    /// <summary>Reads every page. Items may repeat while data change under the reader, so each identity is kept once.</summary>
    private async Task<SentryResult<IReadOnlyList<T>>> ListAsync<T>(
        SentryApiOperation operation,
        string[] segments,
        string? query,
        JsonTypeInfo<List<T>> type,
        Func<T, string> identity,
        CancellationToken cancellationToken)
    {
        var items = new Dictionary<string, T>(StringComparer.Ordinal);
        var prefix = query is null ? $"per_page={PageSize}" : $"{query}&per_page={PageSize}";
        string? cursor = null;
        for (var page = 0; page < MaxPages; page++)
        {
            var pageQuery = cursor is null ? prefix : $"{prefix}&cursor={Uri.EscapeDataString(cursor)}";
            var (answer, error) = await ExchangeAsync(operation, segments, pageQuery, null, cancellationToken).ConfigureAwait(false);
            if (error is not null)
            {
                return error;
            }

            var decoded = Decode(operation, answer!, type);
            if (decoded.Error is not null)
            {
                return decoded.Error;
            }

            foreach (var item in decoded.Value!)
            {
                if (item is not null && identity(item) is { Length: > 0 } id)
                {
                    items[id] = item;
                }
            }

            if (answer!.NextCursor is null || answer.NextCursor == cursor)
            {
                return SentryResult<IReadOnlyList<T>>.Success([.. items.Values]);
            }

            cursor = answer.NextCursor;
        }

        return new SentryError(SentryErrorReason.UnexpectedResponse, $"{operation.Name}: more than {MaxPages} pages") { Operation = operation.Name };
    }

    private async Task<SentryResult<T>> SendAsync<T>(
        SentryApiOperation operation,
        string[] segments,
        string? query,
        byte[]? body,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
    {
        var (answer, error) = await ExchangeAsync(operation, segments, query, body, cancellationToken).ConfigureAwait(false);
        return error ?? Decode(operation, answer!, type);
    }

    private async Task<(ApiAnswer? Answer, SentryError? Error)> ExchangeAsync(
        SentryApiOperation operation,
        string[] segments,
        string? query,
        byte[]? body,
        CancellationToken cancellationToken)
    {
        if (!_options.Token.IsWellFormed)
        {
            return (null, new SentryError(SentryErrorReason.Unauthorized, $"{operation.Name}: the token is empty or holds characters that no token has") { Operation = operation.Name });
        }

        if (operation != SentryApiOperation.GetOrganization
            && await ResolveRegionAsync(cancellationToken).ConfigureAwait(false) is { } unreachable)
        {
            return (null, unreachable);
        }

        if (ApiAddress.Combine(_base, segments, query) is not { } address)
        {
            return (null, new SentryError(SentryErrorReason.Invalid, $"{operation.Name}: \"{string.Join('/', segments)}\" can not be a path: a part is empty or a dot") { Operation = operation.Name });
        }

        var answer = await _transport.SendAsync(operation, address, body, cancellationToken).ConfigureAwait(false);
        return answer.Failure is { } failure ? (null, failure) : (answer, null);
    }

    /// <summary>
    /// Learns the region before the first other call. A token without org:read can still read projects, and a server of one's own may not
    /// name a region: both go on with the configured address.
    /// </summary>
    private async Task<SentryError?> ResolveRegionAsync(CancellationToken cancellationToken)
    {
        if (_regionKnown)
        {
            return null;
        }

        await _regionLock.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_regionKnown)
            {
                return null;
            }

            var organization = await GetOrganizationAsync(cancellationToken).ConfigureAwait(false);
            if (organization.Error is { Reason: SentryErrorReason.MissingScope })
            {
                _regionKnown = true;
                return null;
            }

            return organization.Error;
        }
        finally
        {
            _regionLock.Release();
        }
    }

    private void UseRegion(SentryOrganization organization)
    {
        if (organization.Links?.RegionUrl is { Length: > 0 } region)
        {
            if (RegionAddress.Accept(_options.Url, region) is { } address)
            {
                _base = address;
            }
            else
            {
                Log.RegionRefused(_logger, Organization, region, _options.Url.Host);
            }
        }

        _regionKnown = true;
    }

    private SentryResult<T> Decode<T>(SentryApiOperation operation, ApiAnswer answer, JsonTypeInfo<T> type)
    {
        if (!answer.IsSuccess)
        {
            return SentryErrorReader.Read(operation, answer, _options.Token);
        }

        try
        {
            return JsonSerializer.Deserialize(answer.Body, type) switch
            {
                null => Unexpected("null"),
                SentryProject { Id: not { Length: > 0 } } or SentryProject { Slug: not { Length: > 0 } } => Unexpected("a project without id or slug"),
                ProjectKey { Public: not { Length: > 0 } } => Unexpected("a key without public"),
                var value => SentryResult<T>.Success(value),
            };
        }
        catch (JsonException exception)
        {
            return Unexpected($"{exception.Path ?? "$"} is not what Sentry's API gives");
        }

        SentryError Unexpected(string what) => new(SentryErrorReason.UnexpectedResponse, $"{operation.Name}: unreadable answer: {what}")
        {
            Operation = operation.Name,
            Status = answer.Status,
        };
    }

    private static string Cut(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
}
