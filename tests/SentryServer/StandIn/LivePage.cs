using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>The page at the root of the management port, and its two files, from this assembly.</summary>
internal static class LivePage
{
    private static readonly FrozenDictionary<string, (string Resource, string ContentType)> Files = new Dictionary<string, (string, string)>
    {
        ["/"] = ("index.html", "text/html; charset=utf-8"),
        ["/page.css"] = ("page.css", "text/css; charset=utf-8"),
        ["/page.js"] = ("page.js", "text/javascript; charset=utf-8"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool Has(PathString path) => Files.ContainsKey(path.Value ?? "");

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (path, (resource, contentType)) in Files)
        {
            routes.MapGet(path, async context =>
            {
                context.Response.ContentType = contentType;
                context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; img-src data:";
                await using var content = typeof(LivePage).Assembly.GetManifestResourceStream(typeof(SentryServerHost), $"Page.{resource}")
                    ?? throw new InvalidOperationException($"The page's {resource} is not in the assembly.");
                await content.CopyToAsync(context.Response.Body, context.RequestAborted);
            });
        }
    }
}
