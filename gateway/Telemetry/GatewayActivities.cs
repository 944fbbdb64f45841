using System.Diagnostics;
using Microsoft.AspNetCore.Http;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>Spans of the gateway's own work. Nothing is made while nobody listens.</summary>
internal static class GatewayActivities
{
    public const string SourceName = "SentryOtel.Gateway";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>A request begins; null when nobody listens, or the sampler leaves it out.</summary>
    public static Activity? StartRequest(HttpRequest request)
    {
        var activity = Start("receive", ActivityKind.Server);
        activity?.SetTag("url.path", request.Path.Value);
        activity?.SetTag("network.protocol.version", request.Protocol);
        activity?.SetTag("http.request.body.size", request.ContentLength);
        return activity;
    }

    /// <summary>A span without a parent: what flows here by chance, from the request that woke a queue, caused nothing of the work.</summary>
    public static Activity? Start(string name, ActivityKind kind)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        Activity.Current = null;
        return Source.StartActivity(name, kind);
    }
}
