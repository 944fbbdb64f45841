using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SentryOtel.Kubernetes.Health;

/// <summary>Serves health checks from any Kestrel: the set at its path, each check at path/name, ?verbose and ?exclude=.</summary>
public static class HealthEndpoints
{
    /// <summary>Maps /healthz, /livez and /readyz.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints, HealthChecks checks)
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(checks);
        foreach (var set in new[] { checks.Healthz, checks.Livez, checks.Readyz })
        {
            string[] methods = [HttpMethods.Get, HttpMethods.Head];
            endpoints.MapMethods("/" + set.Path, methods, (RequestDelegate)(context => AnswerAsync(context, set)));
            endpoints.MapMethods("/" + set.Path + "/{name}", methods, (RequestDelegate)(context => AnswerOneAsync(context, set)));
        }
    }

    private static Task AnswerAsync(HttpContext context, HealthCheckSet set)
    {
        var query = context.Request.Query;
        var exclude = query["exclude"].OfType<string>().ToArray();
        return WriteAsync(context, set.Run(exclude, query.ContainsKey("verbose")));
    }

    private static Task AnswerOneAsync(HttpContext context, HealthCheckSet set)
    {
        if (set.RunOne((string)context.Request.RouteValues["name"]!) is { } answer)
        {
            return WriteAsync(context, answer);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, HealthAnswer answer)
    {
        context.Response.StatusCode = answer.Succeeded ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return context.Response.WriteAsync(answer.Text, context.RequestAborted);
    }
}
