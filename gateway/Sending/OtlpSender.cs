using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.RateLimits;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Sending;

/// <summary>One attempt to send one batch to one project.</summary>
/// <param name="http">Connections; owned by the caller.</param>
/// <param name="headers">Added to every request.</param>
/// <param name="timeout">Bound of the attempt; zero for none.</param>
/// <param name="rateLimits">Takes the limits of every answer.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="version">Of the gateway.</param>
internal sealed class OtlpSender(
    HttpMessageInvoker http,
    IReadOnlyDictionary<string, Secret> headers,
    TimeSpan timeout,
    RateLimitStore rateLimits,
    TimeProvider timeProvider,
    string version) : IBatchSender
{
    private const string LimitsHeader = "X-Sentry-Rate-Limits";

    public async Task<SendOutcome> SendAsync(RouteTarget target, OtlpSignal signal, SealedBatch batch, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout > TimeSpan.Zero ? timeout : Timeout.InfiniteTimeSpan, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = Request(target, signal, batch);
            using var response = await http.SendAsync(request, either.Token);
            return await ReadAsync(target, signal, response, either.Token);
        }
        catch (HttpRequestException exception)
        {
            // The message of the exception may hold the address; its kind says enough.
            return SendOutcome.NoAnswer($"no answer: {exception.HttpRequestError}");
        }
        catch (IOException)
        {
            return SendOutcome.NoAnswer("the connection broke while the answer was read");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return SendOutcome.NoAnswer("no answer in time");
        }
    }

    private HttpRequestMessage Request(RouteTarget target, OtlpSignal signal, SealedBatch batch)
    {
        var address = signal == OtlpSignal.Logs ? target.LogsEndpoint : target.TracesEndpoint;
        var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new BatchContent(batch),

            // HTTP/2 where TLS agrees on it, as at sentry.io; HTTP/1.1 otherwise.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        request.Headers.TryAddWithoutValidation("X-Sentry-Auth", $"Sentry sentry_key={target.PublicKey}, sentry_version=7, sentry_client=sentry-otel-gateway/{version}");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("sentry-otel-gateway", version));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value.Value);
        }

        return request;
    }

    private async Task<SendOutcome> ReadAsync(RouteTarget target, OtlpSignal signal, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var retryAfter = response.Headers.TryGetValues("Retry-After", out var values) ? values.FirstOrDefault() : null;
        var limits = response.Headers.TryGetValues(LimitsHeader, out var entries) ? entries : null;
        rateLimits.Apply(target.PublicKey, target.Organization, status, limits, retryAfter);
        var ingest = signal == OtlpSignal.Logs ? IngestSignal.Logs : IngestSignal.Traces;
        var isLimited = rateLimits.GetDelay(target.PublicKey, target.Organization, ingest) > TimeSpan.Zero;
        var text = status is >= 200 and < 300 ? AnswerText.None : await AnswerText.ReadAsync(response.Content, timeProvider, cancellationToken);
        var kind = OutcomeReader.Read(status, text.Value, isLimited);
        if (kind == SendOutcomeKind.Invalid && !text.IsWhole)
        {
            // A 400 may be about the address, the size or the data: without its reason nothing is dropped.
            kind = SendOutcomeKind.Transient;
        }

        // On a 429 Retry-After is a limit, and in the store, or gives way to the limits header.
        var asked = status >= 500 ? RateLimitHeader.ParseRetryAfter(retryAfter, timeProvider.GetUtcNow()) : null;
        return new SendOutcome(kind, status, EchoedSecrets.Hide(text.Value, headers.Values.Select(static header => header.Value).Append(target.PublicKey)), asked ?? TimeSpan.Zero);
    }
}
