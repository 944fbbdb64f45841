using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>Writes ingest's answers in the request's format and the server's style.</summary>
internal static class IngestAnswers
{
    public static Task SuccessAsync(HttpContext context, OtlpFormat format, Modes modes)
    {
        if (modes.Success == SuccessStyle.AcceptedEmpty)
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        }

        return format == OtlpFormat.Json
            ? WriteAsync(context, 200, ContentTypes.Json, "{}"u8.ToArray(), modes)
            : WriteAsync(context, 200, ContentTypes.Protobuf, [], modes);
    }

    public static Task RefuseAsync(HttpContext context, IngestRefusal refusal, SentryState state)
    {
        RequestTrace.Of(context).Message = refusal.Message;
        if (!refusal.Limits.IsEmpty)
        {
            var now = state.Now;
            context.Response.Headers["X-Sentry-Rate-Limits"] = string.Join(", ", refusal.Limits.Select(limit => limit.ToHeader(now)));
            context.Response.Headers.RetryAfter = refusal.Limits.Max(limit => limit.Seconds(now)).ToString(CultureInfo.InvariantCulture);
        }

        var modes = state.Modes;
        if (modes.Errors == ErrorStyle.Detail)
        {
            return WriteJsonAsync(context, refusal.Status, new JsonObject { ["detail"] = refusal.Message, ["causes"] = new JsonArray() }, modes);
        }

        var code = RpcCode(refusal.Status);
        return refusal.Status != StatusCodes.Status415UnsupportedMediaType && ContentTypes.Of(context.Request) == OtlpFormat.Protobuf
            ? WriteAsync(context, refusal.Status, ContentTypes.Protobuf, new Google.Rpc.Status { Code = code, Message = refusal.Message }.ToByteArray(), modes)
            : WriteJsonAsync(context, refusal.Status, new JsonObject { ["code"] = code, ["message"] = refusal.Message }, modes);
    }

    /// <summary>The google.rpc code that goes with an HTTP status.</summary>
    internal static int RpcCode(int status) => status switch
    {
        400 or 415 => 3,
        401 => 16,
        403 => 7,
        404 => 5,
        413 or 429 => 8,
        501 => 12,
        502 or 503 => 14,
        504 => 4,
        >= 500 => 13,
        _ => 2,
    };

    private static Task WriteJsonAsync(HttpContext context, int status, JsonObject body, Modes modes) =>
        WriteAsync(context, status, ContentTypes.Json, Encoding.UTF8.GetBytes(body.ToJsonString()), modes);

    private static async Task WriteAsync(HttpContext context, int status, string contentType, byte[] body, Modes modes)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = contentType;
        if (modes.CompressedReplies && body.Length > 0 && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            context.Response.Headers.ContentEncoding = "gzip";
            await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
            await gzip.WriteAsync(body, context.RequestAborted);
            return;
        }

        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
