using System.Globalization;
using Microsoft.AspNetCore.Http;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Responses;

namespace SentryOtel.Gateway.Receiving;

/// <summary>Writes answers in the encoding of the request (OTLP specification 1.11, "OTLP/HTTP Response").</summary>
internal static class HttpAnswer
{
    public const string Protobuf = "application/x-protobuf";

    public const string Json = "application/json";

    /// <summary>Whether the request's content type is this one, with or without parameters.</summary>
    public static bool IsType(HttpContext context, string expected)
    {
        var type = context.Request.ContentType.AsSpan();
        var parameters = type.IndexOf(';');
        return (parameters < 0 ? type : type[..parameters]).Trim().Equals(expected, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Answers a request that was read.</summary>
    public static Task WriteAsync(HttpContext context, OtlpSignal signal, Answer answer)
    {
        if (answer.Failure is { } failure)
        {
            return FailAsync(context, StatusOf(failure.Code), failure);
        }

        return IsType(context, Json)
            ? WriteAsync(context, Json, answer.Response.ToJson(signal))
            : WriteAsync(context, Protobuf, answer.Response.ToProtobuf());
    }

    /// <summary>Answers with an error: a google.rpc.Status as body, and Retry-After when a retry helps.</summary>
    public static Task FailAsync(HttpContext context, int status, RpcStatus failure)
    {
        context.Response.StatusCode = status;
        if (failure.RetryAfter is { } delay)
        {
            var seconds = Math.Max(1, (long)Math.Ceiling(delay.TotalSeconds));
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        }

        return IsType(context, Json)
            ? WriteAsync(context, Json, failure.ToJson())
            : WriteAsync(context, Protobuf, failure.ToProtobuf());
    }

    private static Task WriteAsync(HttpContext context, string contentType, byte[] body)
    {
        context.Response.ContentType = contentType;
        context.Response.ContentLength = body.Length;
        return body.Length == 0 ? Task.CompletedTask : context.Response.Body.WriteAsync(body, context.RequestAborted).AsTask();
    }

    private static int StatusOf(GrpcStatusCode code) => code switch
    {
        GrpcStatusCode.InvalidArgument => StatusCodes.Status400BadRequest,
        GrpcStatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        GrpcStatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };
}
