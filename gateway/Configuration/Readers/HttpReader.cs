using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>exporters.sentry.http</c>: the Collector's HTTP client settings.</summary>
internal static class HttpReader
{
    private static readonly string[] Reserved =
        ["authorization", "x-sentry-auth", "content-type", "content-encoding", "content-length", "host", "origin", "referer", "transfer-encoding"];

    public static HttpConfiguration Read(SectionReader? section, ReadContext context, out TimeSpan timeout)
    {
        timeout = TimeSpan.Zero;
        var otherwise = new HttpConfiguration();
        if (section is null)
        {
            return otherwise;
        }

        timeout = section.Duration("timeout", TimeSpan.Zero, TimeSpan.Zero);
        section.Ignore(
            "has no meaning here: connections are pooled, renewed every five minutes, and looked up anew.",
            "endpoint", "max_idle_conns", "max_idle_conns_per_host", "idle_conn_timeout", "force_attempt_http2", "http2_read_idle_timeout",
            "http2_ping_timeout", "read_buffer_size", "write_buffer_size", "compression_params");
        section.NotSupportedYet("auth", "cookies", "middlewares", "disable_keep_alives");
        var tls = section.Section("tls");
        var configuration = new HttpConfiguration
        {
            CertificateAuthorities = Authorities(tls, context),
            InsecureSkipVerify = tls?.Flag("insecure_skip_verify", false) ?? false,
            ServerName = tls?.Text("server_name_override"),
            ProxyUrl = Proxy(section),
            Headers = Headers(section, Reserved),
            Gzip = section.OneOf("compression", "gzip", "gzip", "none", string.Empty) != "none",
            MaxConnectionsPerHost = (int)section.Number("max_conns_per_host", 0, 0, 65_535) is > 0 and var connections ? connections : null,
        };
        tls?.NotSupportedYet(
            "cert_file", "cert_pem", "key_file", "key_pem", "min_version", "max_version", "cipher_suites", "include_insecure_cipher_suites",
            "curve_preferences", "reload_interval", "tpm", "include_system_ca_certs_pool");
        tls?.Ignore("has no meaning here: the address says http or https.", "insecure");
        tls?.Finish();
        section.Finish();
        return configuration;
    }

    /// <summary>PEM text of <c>ca_file</c> or <c>ca_pem</c>.</summary>
    internal static string? Authorities(SectionReader? tls, ReadContext context)
    {
        if (tls is null)
        {
            return null;
        }

        var (file, pem) = (tls.Text("ca_file"), tls.Text("ca_pem"));
        if (file is not null && pem is not null)
        {
            tls.Error("ca_pem", "provide either ca_file or ca_pem, but not both.");
        }

        var key = file is null ? "ca_pem" : "ca_file";
        if (file is not null)
        {
            pem = context.ReadFile(file, out var error);
            if (error is not null)
            {
                tls.Error(key, $"{error}.");
            }
        }

        if (pem is not null && !HoldsCertificate(pem))
        {
            tls.Error(key, "holds no PEM certificate (-----BEGIN CERTIFICATE-----).");
        }

        return pem;
    }

    private static bool HoldsCertificate(string pem)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(pem);
            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static Uri? Proxy(SectionReader section)
    {
        if (section.Text("proxy_url") is not { Length: > 0 } text)
        {
            return null;
        }

        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" or "socks5")
        {
            return uri;
        }

        section.Error("proxy_url", "must be an http, https or socks5 address.");
        return null;
    }

    /// <summary>The section's <c>headers</c>.</summary>
    internal static Dictionary<string, Secret> Headers(SectionReader section, string[] reserved)
    {
        var headers = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
        if (section.Section("headers") is not { } entries)
        {
            return headers;
        }

        foreach (var name in entries.Keys.ToArray())
        {
            var value = entries.Text(name) ?? string.Empty;
            if (reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                entries.Error(name, "is set by the gateway itself; remove it.");
            }
            else if (name.Length == 0 || !name.All(static c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal))
                || value.Any(static c => c < ' ' && c != '\t'))
            {
                entries.Error(name, "is no valid header.");
            }
            else
            {
                headers[name] = new Secret(value);
            }
        }

        return headers;
    }
}
