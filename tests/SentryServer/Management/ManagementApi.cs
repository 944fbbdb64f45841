using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>The management port: Sentry's <c>/api/0</c>.</summary>
internal static class ManagementApi
{
    public static void Use(WebApplication app, SentryState state, FaultQueue faults, PublicAddresses addresses, string prefix, CancellationToken stopping)
    {
        app.Use(new RequestRecorder(state, ServerSide.Management, prefix).InvokeAsync);
        app.UseRouting();
        app.Use(new FaultMiddleware(faults, ServerSide.Management, state.Time, stopping).InvokeAsync);
        app.Use(RedirectToSlashAsync);
        var routes = new ApiRoutes(app, state, addresses, prefix);
        routes.Map("GET", "/api/0/", [], call => ApiAnswer.Ok(new JsonObject { ["version"] = "0", ["auth"] = new JsonObject { ["scopes"] = new JsonArray([.. call.Token.Scopes.Select(scope => JsonValue.Create(scope))]) }, ["user"] = null }));
        routes.Map("GET", "/api/0/organizations/{org}/", ["org:read"], call => ApiAnswer.Ok(call.Json.Organization(call.Token)));
        ProjectEndpoints.Map(routes);
        ProjectCreation.Map(routes);
        TeamEndpoints.Map(routes);
        KeyEndpoints.Map(routes);
    }

    /// <summary>Sentry's paths end with a slash; without it the call is redirected and a body is lost on the way.</summary>
    private static Task RedirectToSlashAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "";
        if (path.EndsWith('/') || context.GetEndpoint() is null)
        {
            return next(context);
        }

        context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
        context.Response.Headers.Location = $"{context.Request.Path.ToUriComponent()}/{context.Request.QueryString}";
        return Task.CompletedTask;
    }
}
