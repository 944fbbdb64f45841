using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>Maps handlers behind what every call passes first, in Sentry's order: token (401), limits (429), scopes (403), organisation (404).</summary>
internal sealed class ApiRoutes(IEndpointRouteBuilder endpoints, SentryState state, PublicAddresses addresses, string prefix)
{
    private readonly ApiRateLimiter _limiter = new(state);

    /// <summary>Maps a handler; a caller needs one of <paramref name="scopes"/>.</summary>
    public void Map(string method, string path, string[] scopes, Func<ApiCall, Task<ApiAnswer>> handler) =>
        endpoints.MapMethods(prefix + path, [method], context => ServeAsync(context, path, scopes, handler));

    /// <summary>Maps a handler that reads no body.</summary>
    public void Map(string method, string path, string[] scopes, Func<ApiCall, ApiAnswer> handler) =>
        Map(method, path, scopes, call => Task.FromResult(handler(call)));

    private async Task ServeAsync(HttpContext context, string path, string[] scopes, Func<ApiCall, Task<ApiAnswer>> handler)
    {
        var (token, unauthenticated) = Authenticate(context);
        if (token is null)
        {
            await WriteAsync(context, AnswerForms.Apply(unauthenticated!, state.Modes));
            return;
        }

        var bucket = $"{Identity(token, context)} {context.Request.Method} {path}";
        try
        {
            var answer = _limiter.Enter(context, bucket) ?? Check(context, token, scopes) ?? await handler(new ApiCall(context, state, addresses, token));
            await WriteAsync(context, AnswerForms.Apply(answer, state.Modes));
        }
        finally
        {
            _limiter.Leave(bucket);
        }
    }

    private (AccessToken? Token, ApiAnswer? Refused) Authenticate(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var trace = RequestTrace.Of(context);
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return (null, ApiAnswer.Detail(401, "Authentication credentials were not provided."));
        }

        var value = header["Bearer ".Length..].Trim();
        var token = state.Tokens.Find(value);
        trace.Credential = $"bearer:{(token?.Kind ?? TokenKind.Unknown).ToString().ToLowerInvariant()}";
        return token is null ? (null, ApiAnswer.Detail(401, "Invalid token")) : (token, null);
    }

    private ApiAnswer? Check(HttpContext context, AccessToken token, string[] scopes)
    {
        if (scopes.Length > 0 && !scopes.Any(token.Scopes.Contains))
        {
            return ApiAnswer.Detail(403, "You do not have permission to perform this action.");
        }

        return context.GetRouteValue("org") is string org && org != state.Organization.Slug && org != $"{state.Organization.Id}" ? ApiAnswer.NotFound : null;
    }

    /// <summary>Integration tokens share their organisation's budget, users have their own, organisation tokens count by address.</summary>
    private string Identity(AccessToken token, HttpContext context) => token.Kind switch
    {
        TokenKind.Integration => $"org:{state.Organization.Id}",
        TokenKind.Organization => $"ip:{context.Connection.RemoteIpAddress}",
        _ => $"user:{token.Value}",
    };

    private static async Task WriteAsync(HttpContext context, ApiAnswer answer)
    {
        var response = context.Response;
        response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers[name] = value;
        }

        if (answer.Body is not null)
        {
            var text = answer.Body.ToJsonString();
            RequestTrace.Of(context).Message = answer.Status >= 400 ? text : null;
            var bytes = Encoding.UTF8.GetBytes(text);
            response.ContentType = "application/json";
            response.ContentLength = bytes.Length;
            await response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }
}
