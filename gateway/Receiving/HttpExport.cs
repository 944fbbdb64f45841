using System.Globalization;
using Microsoft.AspNetCore.Http;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Bodies;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>OTLP/HTTP: <c>POST /v1/traces</c>, <c>/v1/logs</c> and <c>/v1/metrics</c> with protobuf bodies (OTLP specification 1.11, "OTLP/HTTP").</summary>
internal sealed class HttpExport(RequestIntake intake, int maxRequestBytes, ReceiverOptions options, Refusals refusals)
{
    private const string Protobuf = "application/x-protobuf";
    private const string Json = "application/json";

    /// <summary>Answers one request.</summary>
    public async Task HandleAsync(HttpContext context)
    {
        if (Refuse(context, out var signal, out var coding) is { } refusal)
        {
            refusals.Count(RefusalReason.Unsupported);
            await FailAsync(context, refusal.Status, refusal.Failure).ConfigureAwait(false);
            return;
        }

        if (intake.Refusal(signal) is { } unavailable)
        {
            refusals.Count(RefusalReason.Unavailable);
            await FailAsync(context, StatusOf(unavailable.Code), unavailable).ConfigureAwait(false);
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

        var answer = intake.Take(signal, body);
        await (answer.Failure is { } failure
            ? FailAsync(context, StatusOf(failure.Code), failure)
            : WriteAsync(context, Protobuf, answer.Response.ToProtobuf())).ConfigureAwait(false);
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

        if (!IsType(request.ContentType, Protobuf))
        {
            var message = IsType(request.ContentType, Json)
                ? "OTLP in JSON is not served: set the exporter's protocol to http/protobuf."
                : $"The content type must be {Protobuf}.";
            return (StatusCodes.Status415UnsupportedMediaType, new RpcStatus(GrpcStatusCode.InvalidArgument, message));
        }

        if (!ContentCodings.TryParse(request.Headers.ContentEncoding, out coding))
        {
            context.Response.Headers.AcceptEncoding = ContentCodings.Supported;
            return (StatusCodes.Status415UnsupportedMediaType, new RpcStatus(
                GrpcStatusCode.Unimplemented, $"This content encoding is not supported; use one of {ContentCodings.Supported}."));
        }

        return null;
    }

    private Task FailAsync(HttpContext context, BodyFault fault)
    {
        var (reason, status, failure) = fault switch
        {
            BodyFault.TooLarge => (RefusalReason.TooLarge, StatusCodes.Status413PayloadTooLarge, new RpcStatus(
                GrpcStatusCode.ResourceExhausted, $"The request is above the limit of {maxRequestBytes} bytes, before or after decompression: send smaller batches.")),
            BodyFault.NoRoom => (RefusalReason.NoMemory, StatusCodes.Status429TooManyRequests, new RpcStatus(
                GrpcStatusCode.ResourceExhausted, "The gateway has no memory to spare now.", options.RetryAfter)),
            BodyFault.Truncated => (RefusalReason.Malformed, StatusCodes.Status400BadRequest, new RpcStatus(
                GrpcStatusCode.InvalidArgument, "The body ends before its announced length.")),
            _ => (RefusalReason.Malformed, StatusCodes.Status400BadRequest, new RpcStatus(
                GrpcStatusCode.InvalidArgument, "The body can not be decompressed.")),
        };
        refusals.Count(reason);
        return FailAsync(context, status, failure);
    }

    private static Task FailAsync(HttpContext context, int status, RpcStatus failure)
    {
        context.Response.StatusCode = status;
        if (failure.RetryAfter is { } delay)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return IsType(context.Request.ContentType, Json)
            ? WriteAsync(context, Json, failure.ToJson())
            : WriteAsync(context, Protobuf, failure.ToProtobuf());
    }

    private static async Task WriteAsync(HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
    }

    private static OtlpSignal? SignalOf(string? path) => path switch
    {
        "/v1/traces" => OtlpSignal.Traces,
        "/v1/logs" => OtlpSignal.Logs,
        "/v1/metrics" => OtlpSignal.Metrics,
        _ => null,
    };

    private static int StatusOf(GrpcStatusCode code) => code switch
    {
        GrpcStatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        GrpcStatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        GrpcStatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    private static bool IsType(string? contentType, string expected)
    {
        var type = contentType.AsSpan();
        var parameters = type.IndexOf(';');
        return (parameters < 0 ? type : type[..parameters]).Trim().Equals(expected, StringComparison.OrdinalIgnoreCase);
    }
}
