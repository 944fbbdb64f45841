using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Cli.Conversion;

/// <summary>
/// An <c>otlphttp</c> exporter that leads to a project of Sentry's: the address names the project, the header <c>x-sentry-auth</c> its key. Together they are a DSN.
/// </summary>
internal static partial class OtlpHttpConversion
{
    private static readonly string[] Addresses = ["endpoint", "traces_endpoint", "logs_endpoint"];

    /// <summary>Whether a component is such an exporter, and the DSN that it means; with angle brackets when the key was not given.</summary>
    public static bool TryRead(ConfigurationTree tree, string id, [NotNullWhen(true)] out string? dsn)
    {
        var path = $"exporters.{id}";
        dsn = null;
        if (id.Split('/')[0] is not ("otlphttp" or "otlp_http"))
        {
            return false;
        }

        var address = Addresses.Select(key => tree.Text($"{path}.{key}")).FirstOrDefault(static text => text is not null && Ingest().IsMatch(text.Shown));
        var header = tree.Keys($"{path}.headers").FirstOrDefault(static name => name.Equals("x-sentry-auth", StringComparison.OrdinalIgnoreCase));
        if (address is null || header is null || Key().Match(tree.Text($"{path}.headers.{header}")?.Shown ?? "") is not { Success: true } key)
        {
            return false;
        }

        var match = Ingest().Match(address.Shown);
        var scheme = match.Groups["scheme"].Value;
        dsn = $"{scheme}://{key.Groups["key"].Value}@{match.Groups["host"].Value}{match.Groups["prefix"].Value}/{match.Groups["project"].Value}";
        foreach (var taken in Addresses.Select(key => $"{path}.{key}").Append($"{path}.headers.{header}"))
        {
            tree.Take(taken);
        }

        return dsn.Contains('<', StringComparison.Ordinal) || Dsn.TryParse(dsn, out _, out _);
    }

    [GeneratedRegex("^(?<scheme>https?)://(?<host>[^/]+)(?<prefix>.*)/api/(?<project>[0-9]+)/(?:integration/)?otlp(?:/|$)")]
    private static partial Regex Ingest();

    [GeneratedRegex("sentry_key=(?<key>[0-9a-fA-F]{32}|<[^>]+>)")]
    private static partial Regex Key();
}
