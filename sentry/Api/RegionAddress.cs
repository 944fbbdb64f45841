namespace SentryOtel.Sentry.Api;

/// <summary>
/// Decides whether the token may be sent to the region that an organisation names: an answer must not be able to send it elsewhere.
/// </summary>
internal static class RegionAddress
{
    private const string SentryDomain = "sentry.io";

    /// <summary>The base to use for the region, or null when <paramref name="regionUrl"/> is not to be trusted.</summary>
    public static Uri? Accept(Uri configured, string regionUrl)
    {
        if (!Uri.TryCreate(regionUrl, UriKind.Absolute, out var region) || region.UserInfo.Length > 0)
        {
            return null;
        }

        if (region.Scheme == configured.Scheme && region.Port == configured.Port && SameHost(region.Host, configured.Host))
        {
            return ApiAddress.Base(region);
        }

        var secure = region.Scheme == Uri.UriSchemeHttps && configured.Scheme == Uri.UriSchemeHttps && region.IsDefaultPort;
        return secure && SameDomain(configured.Host, region.Host) ? ApiAddress.Base(region) : null;
    }

    /// <summary>
    /// Without a list of public suffixes two siblings (<c>a.example.co.uk</c>, <c>b.example.co.uk</c>) can not be told from strangers,
    /// so a region is a subdomain of the configured host; sentry.io, whose hosts are one owner's, is the exception by name.
    /// </summary>
    private static bool SameDomain(string configured, string region) =>
        SameHost(configured, region)
        || IsWithin(region, configured)
        || (IsWithin(configured, SentryDomain) && IsWithin(region, SentryDomain));

    private static bool IsWithin(string host, string domain) =>
        SameHost(host, domain) || host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);

    private static bool SameHost(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
