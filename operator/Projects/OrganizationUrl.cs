using SentryOtel.Crds;

namespace SentryOtel.Operator.Projects;

/// <summary>
/// The page of an organisation in its Sentry. Says what the id of a project belongs to: another server has other projects under the same ids, so that one from before an
/// exporter's <c>url</c> or <c>orgSlug</c> was changed proves nothing afterwards (docs/decisions/0002-project-ownership.md).
/// </summary>
internal static class OrganizationUrl
{
    /// <summary>The organisation that an exporter names; null when it names none.</summary>
    public static string? Of(SentryExporter exporter) => exporter.Spec.OrgSlug is { } organization
        ? $"{(Uri.TryCreate(exporter.Spec.Url, UriKind.Absolute, out var url) ? url.AbsoluteUri : exporter.Spec.Url).TrimEnd('/')}/organizations/{Uri.EscapeDataString(organization)}/"
        : null;

    /// <summary>Whether a project is known to be elsewhere than in the exporter's organisation.</summary>
    public static bool IsElsewhere(SentryExporter exporter, RouteProjectStatus? project) => project?.OrganizationUrl is { } home && home != Of(exporter);
}
