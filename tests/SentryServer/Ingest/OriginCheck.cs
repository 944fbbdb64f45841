using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>A browser's Origin, or else Referer, against a project's allowed domains. Requests without either pass.</summary>
internal static class OriginCheck
{
    public static bool Allows(Project project, HttpRequest request)
    {
        var text = request.Headers.Origin.Count > 0 ? request.Headers.Origin.ToString() : request.Headers.Referer.ToString();
        return !Uri.TryCreate(text, UriKind.Absolute, out var origin) || origin.Scheme is not ("http" or "https") || project.AllowedDomains.Any(domain => Matches(domain, origin));
    }

    private static bool Matches(string domain, Uri origin)
    {
        if (domain == "*")
        {
            return true;
        }

        var scheme = domain.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0 && domain[..scheme] is var wanted && wanted != "*" && wanted != origin.Scheme)
        {
            return false;
        }

        var host = scheme >= 0 ? domain[(scheme + 3)..] : domain;
        var colon = host.LastIndexOf(':');
        if (colon >= 0)
        {
            return host[(colon + 1)..] is "*" || host.Equals(origin.Authority, StringComparison.OrdinalIgnoreCase);
        }

        return host.StartsWith("*.", StringComparison.Ordinal)
            ? origin.Host.EndsWith(host[1..], StringComparison.OrdinalIgnoreCase) || origin.Host.Equals(host[2..], StringComparison.OrdinalIgnoreCase)
            : origin.Host.Equals(host, StringComparison.OrdinalIgnoreCase);
    }
}
