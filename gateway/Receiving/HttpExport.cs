using Microsoft.AspNetCore.Http;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving.Auth;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Json;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// OTLP/HTTP: <c>POST /v1/traces</c>, <c>/v1/logs</c> and <c>/v1/metrics</c> in protobuf or JSON (OTLP specification 1.11,
/// "OTLP/HTTP"). JSON becomes protobuf at the door; what comes after knows one form.
/// </summary>
/// <param name="intake">Takes what was read.</param>
/// <param name="configuration">Limits, paths, CORS.</param>
/// <param name="authenticator">Who may send; null for everybody.</param>
/// <param name="options">Clock and delays.</param>
/// <param name="refusals">Counts what was not read.</param>
internal sealed class HttpExport(
    RequestIntake intake, ProtocolConfiguration configuration, IAuthenticator? authenticator, ReceiverOptions options, Refusals refusals) : IProtocolHandler
{
    private readonly int _maxRequestBytes = (int)Math.Min(configuration.MaxRequestBytes, Array.MaxLength);
    private readonly HttpReceiverConfiguration _http = configuration.Http;
    private readonly CorsPolicy? _cors = configuration.Http.Cors is { } cors ? new CorsPolicy(cors) : null;
    private readonly RpcStatus _noMemory = new(GrpcStatusCode.ResourceExhausted, "The gateway has no memory to spare now.", options.RetryAfter);

    /// <inheritdoc/>
    public async Task HandleAsync(HttpContext context)
    {
        AddConfiguredHeaders(context);
        if (_cors?.TryAnswerPreflight(context) == true)
        {
            return;
        }

        _cors?.AddHeaders(context);
        if (authenticator is not null && !await authenticator.IsAllowedAsync(context.Request.Headers, context.RequestAborted).ConfigureAwait(false))
        {
            refusals.Count(RefusalReason.Unauthenticated);
            context.Response.Headers.WWWAuthenticate = authenticator.Challenge;
            await HttpAnswer.FailAsync(context, StatusCodes.Status401Unauthorized, Refusals.Unauthenticated).ConfigureAwait(false);
            return;
        }

        if (Refuse(context, out var signal, out var coding) is { } refusal)
        {
            refusals.Count(RefusalReason.Unsupported);
            await HttpAnswer.FailAsync(context, refusal.Status, refusal.Failure).ConfigureAwait(false);
            return;
        }

        if (intake.Refusal(signal) is { } unavailable)
        {
            refusals.Count(RefusalReason.Unavailable);
            await HttpAnswer.WriteAsync(context, signal, new Answer(unavailable, ExportResponse.Success)).ConfigureAwait(false);
            return;
        }

        using var body = intake.NewBody();
        var reading = BodyReader.ReadAsync(
            context.Request.BodyReader, context.Request.ContentLength, coding, new BodyLimits(_maxRequestBytes), body, context.RequestAborted);
        var fault = await ReadDeadline.WaitAsync(
            reading, BodyFault.TooSlow, context, configuration.Connections.ReadTimeout, options.TimeProvider).ConfigureAwait(false);
        if (fault != BodyFault.None)
        {
            await FailAsync(context, fault).ConfigureAwait(false);
            return;
        }

        var taken = HttpAnswer.IsType(context, HttpAnswer.Json)
            ? TakeJsonAsync(signal, body, context.RequestAborted)
            : intake.TakeAsync(signal, body, context.RequestAborted);
        var answer = await taken.ConfigureAwait(false);
        await HttpAnswer.WriteAsync(context, signal, answer).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task FailAsync(HttpContext context, int status, RpcStatus failure)
    {
        // The answer begins anew, and a page in a browser is to read this one too.
        AddConfiguredHeaders(context);
        _cors?.AddHeaders(context);
        return HttpAnswer.FailAsync(context, status, failure);
    }

    private void AddConfiguredHeaders(HttpContext context)
    {
        foreach (var (name, value) in _http.ResponseHeaders)
        {
            context.Response.Headers[name] = value;
        }
    }

    // Everything that can be told from the head of the request, before a byte of the body is read.
    private (int Status, RpcStatus Failure)? Refuse(HttpContext context, out OtlpSignal signal, out ContentCoding coding)
    {
        (signal, coding) = (default, default);
        var request = context.Request;
        if (SignalOf(request.Path.Value) is not { } known || !intake.Reads(known))
        {
            return (StatusCodes.Status404NotFound, new RpcStatus(
                GrpcStatusCode.NotFound, "There is no such path, or no pipeline of this signal is configured behind this receiver."));
        }

        signal = known;
        if (!HttpMethods.IsPost(request.Method))
        {
            context.Response.Headers.Allow = HttpMethods.Post;
            return (StatusCodes.Status405MethodNotAllowed, new RpcStatus(GrpcStatusCode.Unimplemented, "Only POST is served here."));
        }

        if (!HttpAnswer.IsType(context, HttpAnswer.Protobuf) && !HttpAnswer.IsType(context, HttpAnswer.Json))
        {
            return (StatusCodes.Status415UnsupportedMediaType, new RpcStatus(
                GrpcStatusCode.InvalidArgument, $"The content type must be {HttpAnswer.Protobuf} or {HttpAnswer.Json}."));
        }

        if (!ContentCodings.TryParse(request.Headers.ContentEncoding, out coding))
        {
            context.Response.Headers.AcceptEncoding = ContentCodings.Supported;
            return (StatusCodes.Status415UnsupportedMediaType, new RpcStatus(
                GrpcStatusCode.Unimplemented, $"This content encoding is not supported; use one of {ContentCodings.Supported}."));
        }

        return null;
    }

    private ValueTask<Answer> TakeJsonAsync(OtlpSignal signal, PooledBody json, CancellationToken cancellationToken)
    {
        using var request = intake.NewBody();
        var conversion = OtlpJson.Convert(signal, json.Written, request);
        if (conversion.IsSuccess)
        {
            json.Dispose();
            return intake.TakeAsync(signal, request, cancellationToken);
        }

        refusals.Count(conversion.NoRoom ? RefusalReason.NoMemory : RefusalReason.Malformed);
        return new ValueTask<Answer>(conversion.Error is { } error
            ? Answer.Fail(error)
            : new Answer(_noMemory, ExportResponse.Success));
    }

    private Task FailAsync(HttpContext context, BodyFault fault)
    {
        var (reason, status, failure) = fault switch
        {
            BodyFault.TooLarge => (RefusalReason.TooLarge, StatusCodes.Status413PayloadTooLarge, new RpcStatus(
                GrpcStatusCode.ResourceExhausted, $"The request is above the limit of {_maxRequestBytes} bytes, before or after decompression: send smaller batches.")),
            BodyFault.TooSlow => (RefusalReason.TooSlow, StatusCodes.Status503ServiceUnavailable, new RpcStatus(
                GrpcStatusCode.Unavailable, "The body took too long to arrive.", options.RetryAfter)),
            BodyFault.NoRoom => (RefusalReason.NoMemory, StatusCodes.Status429TooManyRequests, _noMemory),
            BodyFault.Truncated => (RefusalReason.Malformed, StatusCodes.Status400BadRequest, new RpcStatus(
                GrpcStatusCode.InvalidArgument, "The body ends before its announced length.")),
            _ => (RefusalReason.Malformed, StatusCodes.Status400BadRequest, new RpcStatus(
                GrpcStatusCode.InvalidArgument, "The body can not be decompressed.")),
        };
        refusals.Count(reason);
        return HttpAnswer.FailAsync(context, status, failure);
    }

    private OtlpSignal? SignalOf(string? path) =>
        path == _http.TracesPath ? OtlpSignal.Traces
        : path == _http.LogsPath ? OtlpSignal.Logs
        : path == _http.MetricsPath ? OtlpSignal.Metrics
        : null;
}
