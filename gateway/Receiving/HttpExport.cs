using Microsoft.AspNetCore.Http;
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
internal sealed class HttpExport(RequestIntake intake, int maxRequestBytes, ReceiverOptions options, Refusals refusals)
{
    private readonly RpcStatus _noMemory = new(GrpcStatusCode.ResourceExhausted, "The gateway has no memory to spare now.", options.RetryAfter);

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
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
        var fault = await BodyReader.ReadAsync(
            context.Request.Body, context.Request.ContentLength, coding, new BodyLimits(maxRequestBytes), body, context.RequestAborted).ConfigureAwait(false);
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
            ? Answer.Fail(GrpcStatusCode.InvalidArgument, error)
            : new Answer(_noMemory, ExportResponse.Success));
    }

    private Task FailAsync(HttpContext context, BodyFault fault)
    {
        var (reason, status, failure) = fault switch
        {
            BodyFault.TooLarge => (RefusalReason.TooLarge, StatusCodes.Status413PayloadTooLarge, new RpcStatus(
                GrpcStatusCode.ResourceExhausted, $"The request is above the limit of {maxRequestBytes} bytes, before or after decompression: send smaller batches.")),
            BodyFault.NoRoom => (RefusalReason.NoMemory, StatusCodes.Status429TooManyRequests, _noMemory),
            BodyFault.Truncated => (RefusalReason.Malformed, StatusCodes.Status400BadRequest, new RpcStatus(
                GrpcStatusCode.InvalidArgument, "The body ends before its announced length.")),
            _ => (RefusalReason.Malformed, StatusCodes.Status400BadRequest, new RpcStatus(
                GrpcStatusCode.InvalidArgument, "The body can not be decompressed.")),
        };
        refusals.Count(reason);
        return HttpAnswer.FailAsync(context, status, failure);
    }

    private static OtlpSignal? SignalOf(string? path) => path switch
    {
        "/v1/traces" => OtlpSignal.Traces,
        "/v1/logs" => OtlpSignal.Logs,
        "/v1/metrics" => OtlpSignal.Metrics,
        _ => null,
    };
}
