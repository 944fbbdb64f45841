namespace SentryOtel.Crds.Schema;

/// <summary>Regular expressions shared by the schema and the validator, valid in RE2 and in .NET alike.</summary>
internal static class Patterns
{
    /// <summary>A duration in Go's notation: <c>300ms</c>, <c>1.5s</c>, <c>1h30m</c>.</summary>
    public const string Duration = @"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$";

    /// <summary>A size in bytes with an optional binary or decimal suffix: <c>512Mi</c>.</summary>
    public const string Bytes = @"^[1-9][0-9]{0,15}(Ki|Mi|Gi|Ti|k|M|G|T)?$";

    /// <summary>A Sentry slug: lower-case letters, digits, '_' and '-', not digits alone.</summary>
    public const string Slug = @"^[0-9]*[a-z_-][a-z0-9_-]*$";

    /// <summary>The name of a Kubernetes object (RFC 1123 subdomain).</summary>
    public const string ObjectName = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    /// <summary>The name of a namespace (RFC 1123 label).</summary>
    public const string Namespace = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    /// <summary>A key of a Secret's or ConfigMap's data.</summary>
    public const string DataKey = @"^[-._a-zA-Z0-9]+$";

    /// <summary>A label key with an optional DNS prefix.</summary>
    public const string LabelKey = @"^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$";

    /// <summary>An absolute HTTP or HTTPS URL without credentials, query or fragment.</summary>
    public const string HttpUrl = @"^https?://[^/@?#\s]+(/[^?#\s]*)?$";

    /// <summary>The name of an HTTP header, as far as it is in use: letters, digits, '-' and '_'.</summary>
    public const string HeaderName = @"^[A-Za-z0-9_-]+$";

    /// <summary>The name of an environment variable as Kubernetes accepts it.</summary>
    public const string EnvironmentVariable = @"^[-._a-zA-Z][-._a-zA-Z0-9]*$";
}
