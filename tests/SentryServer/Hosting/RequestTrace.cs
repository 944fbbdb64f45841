using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Hosting;

/// <summary>What is learnt of a request on its way, for the request log. No part of it may hold a token or a key.</summary>
internal sealed class RequestTrace(string id, string path)
{
    public string Id { get; } = id;

    /// <summary>Path without the prefix.</summary>
    public string Path { get; } = path;

    public string Credential { get; set; } = "none";

    public string? Message { get; set; }

    public long? Fault { get; set; }

    /// <summary>The connection was cut on purpose.</summary>
    public bool Cut { get; set; }

    public static RequestTrace Of(HttpContext context) => context.Features.GetRequiredFeature<RequestTrace>();

    public RequestEntry ToEntry(HttpContext context, ServerSide side, DateTimeOffset at, string prefix) => new()
    {
        Id = Id,
        At = at,
        Side = side,
        Method = context.Request.Method,
        Path = Path,
        Query = side == ServerSide.Management ? context.Request.QueryString.Value ?? "" : "",
        Route = RouteOf(context, prefix),
        Status = Cut || context.RequestAborted.IsCancellationRequested ? 0 : context.Response.StatusCode,
        UserAgent = context.Request.Headers.UserAgent.ToString(),
        Credential = Credential,
        ContentType = context.Request.ContentType,
        ContentEncoding = context.Request.Headers.ContentEncoding is { Count: > 0 } encoding ? encoding.ToString() : null,
        Message = Message,
        Fault = Fault,
    };

    private static string RouteOf(HttpContext context, string prefix) =>
        context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern } ? pattern[prefix.Length..] : "unmatched";
}
