using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Sentry.Api;

/// <summary>
/// Sends calls to where the organisation's data are: checks what goes into an address, learns the region before the first call, follows pages, decodes.
/// </summary>
internal sealed class SentryApiCaller(SentryApiOptions options, SentryTransport transport, ILogger logger) : IDisposable
{
    private const int PageSize = 100;
    private const int MaxPages = 1000;

    private readonly SentryApiOptions _options = options;
    private readonly SemaphoreSlim _regionLock = new(1, 1);
    private Uri _base = ApiAddress.Base(options.Url);
    private volatile bool _regionKnown;

    /// <summary>The base in use.</summary>
    public Uri BaseAddress => _base;

    /// <summary>The organisation; its region serves every later call.</summary>
    public async Task<SentryResult<SentryOrganization>> GetOrganizationAsync(CancellationToken cancellationToken)
    {
        var result = await SendAsync(
            SentryApiOperation.GetOrganization,
            ["organizations", _options.Organization],
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
    public void Dispose() => _regionLock.Dispose();

    /// <summary>Reads every page. Items may repeat while data change under the reader, so each identity is kept once.</summary>
    public async Task<SentryResult<IReadOnlyList<T>>> ListAsync<T>(
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

    /// <summary>Sends one call and reads its answer.</summary>
    public async Task<SentryResult<T>> SendAsync<T>(
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

    /// <summary>Sends one call; an answer of whatever status, or the error that came instead of one.</summary>
    public async Task<(ApiAnswer? Answer, SentryError? Error)> ExchangeAsync(
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

        var answer = await transport.SendAsync(operation, address, body, cancellationToken).ConfigureAwait(false);
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
                Log.RegionRefused(logger, _options.Organization, region, _options.Url.Host);
            }
        }

        _regionKnown = true;
    }

    /// <summary>The value of a success, or the error that the answer tells of.</summary>
    public SentryResult<T> Decode<T>(SentryApiOperation operation, ApiAnswer answer, JsonTypeInfo<T> type)
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
}
