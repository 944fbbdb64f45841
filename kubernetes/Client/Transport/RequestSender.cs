using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client.Credentials;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Kubernetes.Client.Transport;

/// <summary>
/// Sends requests with credentials and a deadline. Sends again at most once after a 401, with a fresh credential, and a
/// limited number of times when the server itself names a time to come back (<c>Retry-After</c>); all else is the caller's.
/// </summary>
internal sealed class RequestSender : IDisposable
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly KubernetesClientConfiguration _configuration;
    private readonly KubernetesClientOptions _options;
    private readonly ILogger _logger;
    private readonly ICredentialSource _credentials;
    private readonly ApiServerTransport? _transport;
    private readonly HttpMessageInvoker? _substitute;

    public RequestSender(KubernetesClientConfiguration configuration, KubernetesClientOptions options, ILogger logger)
    {
        if (configuration.Impersonate is { } whom && (whom.Groups.Count > 1 || whom.Extra.Values.Any(values => values.Count > 1)))
        {
            // .NET folds the values of a header into one line, and the server takes that line for one group.
            throw new KubernetesConfigurationException("as-groups and as-user-extra can hold one value each with this client; name one group only.");
        }

        _configuration = configuration;
        _options = options;
        _logger = logger;
        _credentials = CredentialSources.Create(configuration, options.TimeProvider, logger);
        if (options.HttpMessageHandler is { } handler)
        {
            _substitute = new HttpMessageInvoker(handler, disposeHandler: false);
        }
        else
        {
            _transport = new ApiServerTransport(configuration, options.TimeProvider, logger);
        }
    }

    /// <summary>Sends a request and reads the whole answer.</summary>
    /// <exception cref="KubernetesException">The answer is not a success.</exception>
    public async Task<byte[]> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var answer = await SendCoreAsync(request, bufferSuccess: true, cancellationToken);
        return await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <summary>Sends a request and returns as soon as the headers of the answer are here.</summary>
    /// <exception cref="KubernetesException">The answer is not a success.</exception>
    public Task<HttpResponseMessage> OpenAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SendCoreAsync(request, bufferSuccess: false, cancellationToken);

    public void Dispose()
    {
        _transport?.Dispose();
        _substitute?.Dispose();
        (_credentials as IDisposable)?.Dispose();
    }

    private async Task<HttpResponseMessage> SendCoreAsync(ApiRequest request, bool bufferSuccess, CancellationToken cancellationToken)
    {
        var refreshed = false;
        for (var retries = 0; ;)
        {
            using var deadline = new CancellationTokenSource(_options.RequestTimeout, _options.TimeProvider);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            TimeSpan wait;
            try
            {
                var credential = await _credentials.GetAsync(either.Token);
                var response = await SendOnceAsync(request, credential, either.Token);
                if (response.IsSuccessStatusCode)
                {
                    return bufferSuccess ? await BufferAsync(response, either.Token) : response;
                }

                using (response)
                {
                    var failure = await FailureReader.ReadAsync(request, response, _options.TimeProvider, either.Token);
                    if (failure.IsUnauthorized && _credentials.CanRefresh && !refreshed)
                    {
                        _credentials.Forget(credential);
                        refreshed = true;
                        continue;
                    }

                    // Only the header asks for the same request again; the number in the body is for the work queue.
                    if (!failure.IsTransient || response.Headers.RetryAfter is null || ++retries > _options.MaxRetries)
                    {
                        throw failure;
                    }

                    wait = failure.RetryAfter is { } asked && asked < LongestWait ? asked : LongestWait;
                    Log.RequestRetried(_logger, request.ToString(), (int)failure.StatusCode, wait);
                }
            }
            catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"{request}: no answer within {_options.RequestTimeout.TotalSeconds:0} s.", exception);
            }

            await Task.Delay(wait, _options.TimeProvider, cancellationToken);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, Credential credential, CancellationToken cancellationToken)
    {
        using var message = request.ToMessage(_configuration.Host);
        message.Headers.TryAddWithoutValidation("User-Agent", _options.UserAgent);
        message.Headers.Authorization = credential.Authorization;
        Impersonate(message);
        var invoker = _substitute ?? _transport!.For(credential);
        try
        {
            var response = await invoker.SendAsync(message, cancellationToken);
            ClientMetrics.Answered(request.Method, _configuration.Host, response.StatusCode);
            if (response.Headers.TryGetValues("Warning", out var warnings))
            {
                foreach (var warning in warnings)
                {
                    Log.ServerWarning(_logger, request.ToString(), warning);
                }
            }

            return response;
        }
        catch (HttpRequestException)
        {
            ClientMetrics.Failed(request.Method, _configuration.Host);
            throw;
        }
    }

    private static async Task<HttpResponseMessage> BufferAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private void Impersonate(HttpRequestMessage message)
    {
        if (_configuration.Impersonate is not { } whom)
        {
            return;
        }

        message.Headers.TryAddWithoutValidation("Impersonate-User", whom.User);
        if (whom.Uid is not null)
        {
            message.Headers.TryAddWithoutValidation("Impersonate-Uid", whom.Uid);
        }

        foreach (var group in whom.Groups)
        {
            message.Headers.TryAddWithoutValidation("Impersonate-Group", group);
        }

        foreach (var (key, values) in whom.Extra)
        {
            message.Headers.TryAddWithoutValidation($"Impersonate-Extra-{Uri.EscapeDataString(key)}", values);
        }
    }
}
