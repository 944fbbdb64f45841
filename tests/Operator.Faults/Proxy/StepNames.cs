using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace SentryOtel.Operator.Faults.Proxy;

/// <summary>Names requests that change something, the same in every run.</summary>
internal static partial class StepNames
{
    private static readonly string[] Changing = ["POST", "PUT", "PATCH", "DELETE"];

    /// <summary>The name of a request to the API server; null when it changes nothing, or only what tells of a life or an event.</summary>
    public static string? OfKubernetes(HttpRequest request)
    {
        var path = request.Path.Value!;
        return Changing.Contains(request.Method) && !Chatter().IsMatch(path) ? $"Kubernetes {request.Method} {Place().Replace(path, "")}" : null;
    }

    /// <summary>The name of a request to Sentry; null when it changes nothing.</summary>
    public static string? OfSentry(HttpRequest request) =>
        Changing.Contains(request.Method) ? $"Sentry {request.Method} {ProjectId().Replace(request.Path.Value!, "{id}")}" : null;

    [GeneratedRegex("/(events|leases)(/|$)")]
    private static partial Regex Chatter();

    [GeneratedRegex("^/(api|apis/[^/]+)/[^/]+/(namespaces/[^/]+/)?")]
    private static partial Regex Place();

    [GeneratedRegex("[0-9]{10,}")]
    private static partial Regex ProjectId();
}
