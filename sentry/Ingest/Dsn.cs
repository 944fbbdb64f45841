using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SentryOtel.Sentry.Ingest;

/// <summary>
/// A data source name, <c>{scheme}://{public key}[:{secret}]@{host}[:{port}]{/path}/{project id}</c>. Port and path prefix are kept; the
/// deprecated secret is dropped.
/// </summary>
public sealed class Dsn
{
    private Dsn(Uri baseAddress, string publicKey, string projectId)
    {
        BaseAddress = baseAddress;
        PublicKey = publicKey;
        ProjectId = projectId;
    }

    /// <summary>Scheme, host, port and path prefix, with a trailing slash.</summary>
    public Uri BaseAddress { get; }

    /// <summary>32 hex digits, lower case.</summary>
    public string PublicKey { get; }

    /// <summary>Decimal project id; beyond 32 bits on sentry.io.</summary>
    public string ProjectId { get; }

    /// <summary>Parses a DSN.</summary>
    /// <exception cref="FormatException">With what is wrong, and never the DSN itself.</exception>
    public static Dsn Parse(string text) => TryParse(text, out var dsn, out var error) ? dsn : throw new FormatException(error);

    /// <summary>Parses a DSN; <paramref name="error"/> says what is wrong and never repeats the DSN.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out Dsn? dsn, [NotNullWhen(false)] out string? error)
    {
        dsn = null;
        if (!Uri.TryCreate(text?.Trim(), UriKind.Absolute, out var uri))
        {
            error = "the DSN is not an absolute address";
        }
        else if (uri.Scheme is not ("http" or "https"))
        {
            error = "the DSN's scheme is neither http nor https";
        }
        else if (uri.Host.Length == 0)
        {
            error = "the DSN has no host";
        }
        else if (uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            error = "the DSN has a query or fragment";
        }
        else
        {
            var key = uri.UserInfo.Split(':', 2)[0];
            var path = uri.AbsolutePath.TrimEnd('/');
            var slash = path.LastIndexOf('/');
            var projectId = slash < 0 ? "" : path[(slash + 1)..];
            error = (IsPublicKey(key), IsProjectId(projectId)) switch
            {
                (false, _) => "the DSN's public key is not 32 hex digits",
                (_, false) => "the DSN's last path segment is not a project id (a positive decimal number)",
                _ => null,
            };
            if (error is null)
            {
                var origin = uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
                dsn = new Dsn(new Uri(origin + path[..slash] + "/"), key.ToLowerInvariant(), projectId);
                return true;
            }
        }

        return false;
    }

    /// <summary>True for 32 hex digits.</summary>
    public static bool IsPublicKey(string? key) => key is { Length: 32 } && key.All(char.IsAsciiHexDigit);

    /// <summary>True for a positive decimal number.</summary>
    public static bool IsProjectId(string? id) =>
        id is { Length: > 0 } && id.All(char.IsAsciiDigit) && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0;

    /// <summary>Where it leads, without the key.</summary>
    public override string ToString() => $"{BaseAddress}{ProjectId}";
}
