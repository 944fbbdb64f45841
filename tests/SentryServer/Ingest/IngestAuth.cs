using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>The key a request came with, and in which of the four forms.</summary>
internal sealed record IngestCredential(string PublicKey, string Form)
{
    public override string ToString() => Form;
}

/// <summary>Finds the one key of a request, as Relay does.</summary>
internal static class IngestAuth
{
    private const int MaxProtocolVersion = 7;
    private const string HeaderForm = "x-sentry-auth";

    public static (IngestCredential? Credential, IngestRefusal? Refusal) Read(HttpRequest request)
    {
        var attempts = Attempts(request).ToList();
        return attempts switch
        {
            [] => (null, IngestRefusal.MissingAuthorization),
            [var (form, fields)] => Check(form, fields),
            _ => (null, IngestRefusal.MultipleAuthorizations),
        };
    }

    private static IEnumerable<(string Form, IReadOnlyDictionary<string, string>? Fields)> Attempts(HttpRequest request)
    {
        if (request.Headers.TryGetValue("X-Sentry-Auth", out var header))
        {
            yield return (HeaderForm, ParsePairs(header.ToString()));
        }

        // Another scheme, such as Bearer, is not an attempt.
        var authorization = request.Headers.Authorization.ToString();
        if (HasScheme(authorization, "Sentry"))
        {
            yield return ("authorization-sentry", ParsePairs(authorization));
        }
        else if (HasScheme(authorization, "Basic"))
        {
            yield return ("authorization-basic", ParseBasic(authorization));
        }

        if (request.QueryString.Value?.Contains("sentry_", StringComparison.Ordinal) == true)
        {
            yield return ("query", request.Query.ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal));
        }
    }

    private static (IngestCredential?, IngestRefusal?) Check(string form, IReadOnlyDictionary<string, string>? fields)
    {
        if (fields is null || !fields.TryGetValue("sentry_key", out var key))
        {
            return (null, IngestRefusal.BadAuthorization);
        }

        if (fields.TryGetValue("sentry_version", out var text))
        {
            if (!double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var version))
            {
                return (null, IngestRefusal.BadAuthorization);
            }

            if (version > MaxProtocolVersion)
            {
                return (null, new IngestRefusal(400, $"unsupported protocol version ({text})", "auth"));
            }
        }

        // What follows a dot are flags of the key, such as no-cache.
        var digits = key.Split('.')[0];
        return digits.Length == 32 && digits.All(char.IsAsciiHexDigit) ? (new IngestCredential(digits, form), null) : (null, IngestRefusal.BadKey);
    }

    private static bool HasScheme(string header, string scheme) =>
        header.Length > scheme.Length && header.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) && header[scheme.Length] == ' ';

    private static Dictionary<string, string>? ParsePairs(string header)
    {
        if (!HasScheme(header, "Sentry"))
        {
            return null;
        }

        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in header["Sentry ".Length..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                fields[pair[..equals].Trim()] = pair[(equals + 1)..].Trim();
            }
        }

        return fields;
    }

    private static Dictionary<string, string>? ParseBasic(string header)
    {
        var buffer = new byte[header.Length];
        if (!Convert.TryFromBase64String(header["Basic ".Length..].Trim(), buffer, out var length))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(buffer, 0, length);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : new Dictionary<string, string>(StringComparer.Ordinal) { ["sentry_key"] = text[..colon] };
    }
}
