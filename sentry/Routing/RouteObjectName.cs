using System.Security.Cryptography;
using System.Text;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Sentry.Routing;

/// <summary>
/// Names of SentryProjectRoutes that no person wrote. Whoever announces a service, operator or gateway, comes to the same name, so that two
/// announcements of one service are one object.
/// </summary>
public static class RouteObjectName
{
    private const int MaxHead = 54;
    private const int HashDigits = 8;

    /// <summary>A DNS label (RFC 1123): the value made readable, and a hash of exporter and value, which makes it unique.</summary>
    /// <param name="exporter">Name of the exporter in whose namespace the route is.</param>
    /// <param name="value">Value of the routing attribute.</param>
    public static string For(string exporter, string value)
    {
        ArgumentNullException.ThrowIfNull(exporter);
        ArgumentNullException.ThrowIfNull(value);
        var head = SlugResolver.Normalize(value).Replace('_', '-').Trim('-');
        head = head.Length <= MaxHead ? head : head[..MaxHead].TrimEnd('-');
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{exporter}\0{value}")))[..HashDigits];
        return head.Length == 0 ? $"service-{hash}" : $"{head}-{hash}";
    }
}
