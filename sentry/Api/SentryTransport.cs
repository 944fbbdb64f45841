using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Retry;

namespace SentryOtel.Sentry.Api;

/// <summary>
/// Sends one call: enters the shared budget, bounds the attempt in time and the answer in length, retries what may be retried.
/// </summary>
internal sealed class SentryTransport
{
    private static readonly ProductInfoHeaderValue UserAgent =
        new("sentry-otel-operator", typeof(SentryTransport).Assembly.GetName().Version?.ToString(3) ?? "0");

    // A timer takes no more than 49 days.
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    private readonly HttpMessageInvoker _http;
    private readonly SentryApiOptions _options;
    private readonly SentryApiBudget _budget;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline<ApiAnswer> _repeatable;
    private readonly ResiliencePipeline<ApiAnswer> _once;

    public SentryTransport(HttpMessageInvoker http, SentryApiOptions options, SentryApiBudget budget, TimeProvider time, Random random, ILogger logger)
    {
        _http = http;
        _options = options;
        _budget = budget;
        _time = time;
        _repeatable = Pipeline(static answer => answer.Failure?.IsTransient ?? answer.Status is 429 or >= 500);
        _once = Pipeline(static answer => answer.NotSent || answer is { Failure: null, Status: 429 });

        ResiliencePipeline<ApiAnswer> Pipeline(Func<ApiAnswer, bool> mayRetry)
        {
            var builder = new ResiliencePipelineBuilder<ApiAnswer> { TimeProvider = time };
            return options.MaxRetries == 0
                ? ResiliencePipeline<ApiAnswer>.Empty
                : builder.AddRetry(new RetryStrategyOptions<ApiAnswer>
                {
                    MaxRetryAttempts = options.MaxRetries,
                    Delay = options.RetryDelay,
                    MaxDelay = TimeSpan.FromSeconds(10),
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Randomizer = () =>
                    {
                        lock (random)
                        {
                            return random.NextDouble();
                        }
                    },
                    ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result is { } answer && !IsRefusedByBudget(answer) && mayRetry(answer)),

                    // The budget makes the next attempt wait as long as Sentry asks for.
                    DelayGenerator = static arguments => ValueTask.FromResult<TimeSpan?>(arguments.Outcome.Result is { Status: 429 } ? TimeSpan.Zero : null),
                    OnRetry = arguments =>
                    {
                        Log.Retrying(logger, arguments.Outcome.Result?.Failure?.Reason.ToString() ?? $"HTTP {arguments.Outcome.Result?.Status}", arguments.AttemptNumber + 1);
                        return ValueTask.CompletedTask;
                    },
                }).Build();
        }
    }

    public async Task<ApiAnswer> SendAsync(SentryApiOperation operation, Uri address, byte[]? body, CancellationToken cancellationToken)
    {
        var pipeline = operation.IsRepeatable ? _repeatable : _once;
        return await pipeline.ExecuteAsync(
            static async (call, token) => await call.Transport.AttemptAsync(call.Operation, call.Address, call.Body, token).ConfigureAwait(false),
            (Transport: this, Operation: operation, Address: address, Body: body),
            cancellationToken).ConfigureAwait(false);
    }

    private static bool IsRefusedByBudget(ApiAnswer answer) => answer.Failure is { Reason: SentryErrorReason.RateLimited };

    private async Task<ApiAnswer> AttemptAsync(SentryApiOperation operation, Uri address, byte[]? body, CancellationToken cancellationToken)
    {
        if (await _budget.EnterAsync(operation, cancellationToken).ConfigureAwait(false) is { } wait)
        {
            SentryApiMetrics.Hold(operation);
            return Failed(operation, SentryErrorReason.RateLimited, "Sentry's API rate limit is reached", retryAfter: wait);
        }

        try
        {
            var answer = await AskAsync(operation, address, body, cancellationToken).ConfigureAwait(false);
            SentryApiMetrics.Count(operation, answer);
            return answer;
        }
        finally
        {
            _budget.Leave(operation);
        }
    }

    private async Task<ApiAnswer> AskAsync(SentryApiOperation operation, Uri address, byte[]? body, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.Timeout < LongestTimeout ? _options.Timeout : LongestTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            return await ExchangeAsync(operation, address, body, linked.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(operation, SentryErrorReason.Timeout, $"no answer from {address.Authority} within {_options.Timeout.TotalSeconds:0.#} s");
        }
        catch (HttpRequestException exception)
        {
            var notSent = exception.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError;
            return Failed(operation, SentryErrorReason.Unreachable, $"{address.Authority} can not be reached: {Cause(exception)}", notSent);
        }
        catch (IOException exception)
        {
            return Failed(operation, SentryErrorReason.Unreachable, $"the answer of {address.Authority} broke off: {exception.Message}");
        }
    }

    private async Task<ApiAnswer> ExchangeAsync(SentryApiOperation operation, Uri address, byte[]? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(operation.Method, address);
        foreach (var (name, value) in _options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Headers.UserAgent.Add(UserAgent);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _options.Token.Reveal());
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        using var response = await _http.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var pause = _budget.Observe(operation, RateLimitSnapshot.Read(response, _time.GetUtcNow()));
        var content = await BoundedBody.ReadAsync(response.Content, _options.MaxResponseBytes, cancellationToken).ConfigureAwait(false);
        if (content is null && response.IsSuccessStatusCode)
        {
            return Failed(operation, SentryErrorReason.UnexpectedResponse, $"the answer is longer than {_options.MaxResponseBytes} bytes");
        }

        return new ApiAnswer
        {
            Status = (int)response.StatusCode,
            Body = content is null ? [] : response.IsSuccessStatusCode ? content : WithoutSecrets(content),
            NextCursor = response.Headers.TryGetValues("Link", out var links) ? LinkHeader.NextCursor(links) : null,
            Location = Location(address, response),
            RetryAfter = pause,
        };
    }

    // Only what an error says is shown to anybody.
    private byte[] WithoutSecrets(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var shown = EchoedSecrets.Hide(text, _options.Headers.Values.Append(_options.Token.Reveal()));
        return ReferenceEquals(shown, text) ? body : Encoding.UTF8.GetBytes(shown);
    }

    private static ApiAnswer Failed(SentryApiOperation operation, SentryErrorReason reason, string message, bool notSent = false, TimeSpan? retryAfter = null) => new()
    {
        Failure = new SentryError(reason, $"{operation.Name}: {message}") { Operation = operation.Name, RetryAfter = retryAfter },
        NotSent = notSent,
    };

    private static string Cause(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "the name does not resolve",
        HttpRequestError.SecureConnectionError => $"no TLS session ({exception.InnerException?.Message ?? exception.Message}); a private CA goes into http.tls",
        _ => exception.InnerException?.Message ?? exception.Message,
    };

    private static string? Location(Uri address, HttpResponseMessage response) =>
        response.Headers.Location is { } location && Uri.TryCreate(address, location, out var target) ? target.GetLeftPart(UriPartial.Path) : null;
}
