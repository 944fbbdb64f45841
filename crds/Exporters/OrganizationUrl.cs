namespace SentryOtel.Crds;

/// <summary>
/// The page of an organisation in its Sentry. Says what ids and slugs of a status belong to: another server has other projects under the same ids, so that what was noted before an
/// exporter's <c>url</c> or <c>orgSlug</c> was changed proves nothing afterwards (docs/decisions/0002-project-ownership.md).
/// </summary>
public static class OrganizationUrl
{
    /// <summary>The organisation that an exporter names; null when it names none.</summary>
    public static string? Of(SentryExporter exporter)
    {
        ArgumentNullException.ThrowIfNull(exporter);
        return exporter.Spec.OrgSlug is { } organization
            ? $"{(Uri.TryCreate(exporter.Spec.Url, UriKind.Absolute, out var url) ? url.AbsoluteUri : exporter.Spec.Url).TrimEnd('/')}/organizations/{Uri.EscapeDataString(organization)}/"
            : null;
    }

    /// <summary>Whether what was noted with an organisation's page is about another one than the exporter's.</summary>
    /// <param name="exporter">The exporter.</param>
    /// <param name="noted">The page; null for a note that says nothing of it.</param>
    public static bool IsElsewhere(SentryExporter exporter, string? noted) => noted is not null && noted != Of(exporter);
}
