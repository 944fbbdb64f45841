using System.Globalization;
using Microsoft.AspNetCore.Http;
using SentryOtel.Gateway.Configuration;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// Cross-origin requests of browsers (Fetch standard, "HTTP-CORS protocol"). Like the Collector's it says what a page may read and send; a request of
/// another origin is not refused, its page learns nothing.
/// </summary>
internal sealed class CorsPolicy(CorsConfiguration configuration)
{
    // What browsers ask for when telemetry is sent; the Collector lets pass the most of it unasked too.
    private static readonly string[] AlwaysAllowed =
        ["accept", "accept-language", "content-encoding", "content-language", "content-type", "origin", "x-requested-with"];

    private readonly bool _anyOrigin = configuration.Origins.Contains("*");
    private readonly string _exposed = string.Join(", ", configuration.ExposedHeaders);

    /// <summary>Answers a preflight; false when the request is none.</summary>
    public bool TryAnswerPreflight(HttpContext context)
    {
        var request = context.Request.Headers;
        if (!HttpMethods.IsOptions(context.Request.Method) || request.Origin.Count != 1 || request.AccessControlRequestMethod.Count != 1)
        {
            return false;
        }

        var response = context.Response.Headers;
        response.Vary = "Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        string? wanted = request.AccessControlRequestHeaders;
        if (Allows(request.Origin[0]!) && HttpMethods.IsPost(request.AccessControlRequestMethod[0]!) && AllowsHeaders(wanted))
        {
            AllowOrigin(response, request.Origin[0]!);
            response.AccessControlAllowMethods = HttpMethods.Post;
            if (!string.IsNullOrEmpty(wanted))
            {
                response.AccessControlAllowHeaders = wanted;
            }

            if (configuration.MaxAge is { } age)
            {
                response.AccessControlMaxAge = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
            }
        }

        return true;
    }

    /// <summary>Lets the page that sent a request read its answer, if it may.</summary>
    public void AddHeaders(HttpContext context)
    {
        var origin = context.Request.Headers.Origin;
        var response = context.Response.Headers;
        response.Vary = "Origin";
        if (origin.Count == 1 && Allows(origin[0]!))
        {
            AllowOrigin(response, origin[0]!);
            if (_exposed.Length > 0)
            {
                response.AccessControlExposeHeaders = _exposed;
            }
        }
    }

    private void AllowOrigin(IHeaderDictionary response, string origin)
    {
        response.AccessControlAllowOrigin = _anyOrigin ? "*" : origin;
        if (!_anyOrigin)
        {
            response.AccessControlAllowCredentials = "true";
        }
    }

    private bool Allows(string origin) => _anyOrigin || configuration.Origins.Any(pattern => Matches(pattern, origin));

    private bool AllowsHeaders(string? wanted)
    {
        if (configuration.Headers.Contains("*"))
        {
            return true;
        }

        foreach (var name in (wanted ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!AlwaysAllowed.Contains(name, StringComparer.OrdinalIgnoreCase) && !configuration.Headers.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Matches(string pattern, string origin)
    {
        var star = pattern.IndexOf('*', StringComparison.Ordinal);
        return star < 0
            ? pattern.Equals(origin, StringComparison.OrdinalIgnoreCase)
            : origin.Length >= pattern.Length
                && origin.StartsWith(pattern[..star], StringComparison.OrdinalIgnoreCase)
                && origin.EndsWith(pattern[(star + 1)..], StringComparison.OrdinalIgnoreCase);
    }
}
