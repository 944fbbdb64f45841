using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>An OTLP client that sends bodies as they are, over HTTP or gRPC.</summary>
/// <param name="http">Connections; owned by the caller.</param>
/// <param name="configuration">Where to and how.</param>
/// <param name="timeProvider">The clock.</param>
/// <param name="version">Of the gateway.</param>
internal sealed class OtlpTransport(HttpMessageInvoker http, ForwardingConfiguration configuration, TimeProvider timeProvider, string version) : IMetricsTransport
{
    /// <summary>An answer holds a sentence; an error page of a proxy may be long.</summary>
    private const int MaxAnswerBytes = 16 * 1024;

    private const int MaxTextLength = 1024;
    private const int GrpcPrefixBytes = 5;

    public async Task<ForwardOutcome> SendAsync(ChunkedBody body, bool isGzip, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(configuration.Timeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var request = Request(body, isGzip);
            using var response = await http.SendAsync(request, either.Token);
            var answer = await ReadAsync(response.Content, either.Token);
            return configuration.IsGrpc ? ReadGrpc(response, answer) : ReadHttp(response, answer);
        }
        catch (HttpRequestException exception)
        {
            // The message of the exception may hold the address; its kind says enough.
            return NoAnswer($"no answer: {exception.HttpRequestError}");
        }
        catch (IOException)
        {
            return NoAnswer("the connection broke while the answer was read");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return NoAnswer("no answer in time");
        }
    }

    private static ForwardOutcome NoAnswer(string fault) => new(SendOutcome.NoAnswer(fault));

    private HttpRequestMessage Request(ChunkedBody body, bool isGzip)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, configuration.Address) { Content = new ForwardContent(body, isGzip, configuration.IsGrpc) };
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("sentry-otel-gateway", version));
        foreach (var (name, value) in configuration.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value.Value);
        }

        if (configuration.IsGrpc)
        {
            request.Version = HttpVersion.Version20;
            request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
            request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
            request.Headers.TryAddWithoutValidation("grpc-timeout", string.Create(CultureInfo.InvariantCulture, $"{Math.Min((long)configuration.Timeout.TotalMilliseconds, 99_999_999)}m"));
            if (isGzip)
            {
                request.Headers.TryAddWithoutValidation("grpc-encoding", "gzip");
            }
        }

        return request;
    }

    private ForwardOutcome ReadHttp(HttpResponseMessage response, byte[] answer)
    {
        var status = (int)response.StatusCode;
        var kind = ForwardAnswers.OfHttp(status);
        var isProtobuf = response.Content.Headers.ContentType?.MediaType == "application/x-protobuf";
        if (kind == SendOutcomeKind.Sent)
        {
            var (rejected, message) = isProtobuf ? ForwardAnswers.ReadPartialSuccess(answer) : (0, string.Empty);
            return ForwardOutcome.Sent(status, rejected, Clean(message));
        }

        var retryAfter = response.Headers.TryGetValues("Retry-After", out var values)
            ? RateLimitHeader.ParseRetryAfter(values.FirstOrDefault(), timeProvider.GetUtcNow())
            : null;
        var text = isProtobuf ? RpcStatusReader.Read(answer).Message : Encoding.UTF8.GetString(answer);
        return ForwardOutcome.Failed(kind, status, Clean(text), retryAfter);
    }

    private ForwardOutcome ReadGrpc(HttpResponseMessage response, byte[] answer)
    {
        var status = (int)response.StatusCode;
        if (Header(response, "grpc-status") is not { } text || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            // A proxy in between: gRPC maps these statuses to UNAVAILABLE, others to codes that are not tried again.
            var kind = status is 429 or 502 or 503 or 504 ? SendOutcomeKind.Transient : SendOutcomeKind.Refused;
            return ForwardOutcome.Failed(kind, status, "the answer is not one of a gRPC server");
        }

        var code = (GrpcStatusCode)number;
        if (code == GrpcStatusCode.Ok)
        {
            var (rejected, message) = answer.Length > GrpcPrefixBytes && answer[0] == 0
                ? ForwardAnswers.ReadPartialSuccess(answer.AsSpan(GrpcPrefixBytes))
                : (0, string.Empty);
            return ForwardOutcome.Sent(status, rejected, Clean(message));
        }

        var details = RpcStatusReader.Read(Base64(Header(response, "grpc-status-details-bin")));
        var said = Uri.UnescapeDataString(Header(response, "grpc-message") ?? details.Message);
        return ForwardOutcome.Failed(ForwardAnswers.OfGrpc(code, details.RetryAfter is not null), status, Clean($"{code}: {said}"), details.RetryAfter);
    }

    // Trailers, or headers when the server answered with these alone.
    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailers) ? trailers.FirstOrDefault()
        : response.Headers.TryGetValues(name, out var headers) ? headers.FirstOrDefault()
        : null;

    // gRPC leaves the padding of binary headers out.
    private static byte[] Base64(string? text)
    {
        var padded = text is null ? string.Empty : text.PadRight((text.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : [];
    }

    private static async Task<byte[]> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxAnswerBytes];
        await using var body = await content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return buffer[..length];
    }

    private string Clean(string text)
    {
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            clean.Append(Rune.IsControl(rune) || rune == Rune.ReplacementChar ? " " : rune.ToString());
            if (clean.Length >= MaxTextLength)
            {
                break;
            }
        }

        return EchoedSecrets.Hide(clean.ToString().Trim(), configuration.Headers.Values.Select(static header => header.Value));
    }
}
