using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>Serves an exposition from any Kestrel.</summary>
public static class MetricsEndpoint
{
    /// <summary>Answers GET requests at <paramref name="pattern"/> with the Prometheus text.</summary>
    public static IEndpointConventionBuilder MapMetrics(
        this IEndpointRouteBuilder endpoints, MetricsExposition exposition, string pattern = "/metrics")
    {
        ArgumentNullException.ThrowIfNull(endpoints);
        ArgumentNullException.ThrowIfNull(exposition);
        return endpoints.MapMethods(pattern, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context =>
        {
            context.Response.ContentType = MetricsExposition.ContentType;
            return context.Response.WriteAsync(exposition.Render(), context.RequestAborted);
        }));
    }
}
