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
        Refuse(section);
        section.Ignore("has no meaning here: exporters.sentry.url and the DSNs say where to send.", "endpoint");
        section.Ignore("has no meaning here: connections are bounded by max_conns_per_host, and idle ones by idle_conn_timeout.", "max_idle_conns", "max_idle_conns_per_host");
        section.Ignore("has no meaning here: HTTP/2 is used where TLS agrees on it.", "force_attempt_http2");
        section.Ignore("has no meaning here: the system sizes the buffers of sockets.", "read_buffer_size", "write_buffer_size");
        section.Ignore("has no meaning here: bodies are compressed at the fastest level.", "compression_params");
        section.Ignore("has no meaning here: cookies are never kept, so that no answer changes what another project is sent.", "cookies");
        var tls = section.Section("tls");
        var (certificate, key) = TlsReader.Certificate(tls, context);
        var configuration = new HttpConfiguration
        {
            CertificateAuthorities = Authorities(tls, context),
            IncludeSystemAuthorities = tls?.Flag("include_system_ca_certs_pool", false) ?? false,
            ClientCertificate = certificate,
            ClientKey = key,
            TlsVersions = TlsReader.Versions(tls),
            InsecureSkipVerify = tls?.Flag("insecure_skip_verify", false) ?? false,
            ServerName = tls?.Text("server_name_override"),
            ProxyUrl = Proxy(section),
            Headers = Headers(section, Reserved),
            Gzip = Compresses(section),
            MaxConnectionsPerHost = (int)section.Number("max_conns_per_host", 0, 0, 65_535) is > 0 and var connections ? connections : null,
            KeepAlives = !section.Flag("disable_keep_alives", false),
            IdleTimeout = section.Duration("idle_conn_timeout", otherwise.IdleTimeout, TimeSpan.Zero),
            PingAfter = PingTime(section, "http2_read_idle_timeout", otherwise.PingAfter),
            PingTimeout = PingTime(section, "http2_ping_timeout", otherwise.PingTimeout),
        };
        TlsReader.Rest(tls);
        tls?.Finish();
        section.Finish();
        return configuration;
    }

    private static void Refuse(SectionReader section)
    {
        if (section.Has("auth"))
        {
            section.Error("auth", "an authenticator would overwrite the token and the key that Sentry asks for. Remove it; for a proxy that asks for a password write it into proxy_url, for another header use http.headers.");
        }

        RefuseMiddlewares(section);
    }

    /// <summary>An empty list is nothing; any other can not be served.</summary>
    internal static void RefuseMiddlewares(SectionReader section)
    {
        if (section.Sections("middlewares").Any())
        {
            section.Error("middlewares", "the gateway has no middlewares. Remove them, or run them in an OpenTelemetry Collector in front of the gateway.");
        }
    }

    private static bool Compresses(SectionReader section)
    {
        var compression = section.OneOf(
            "compression", "gzip", "gzip", "none", string.Empty, "zlib", "deflate", "snappy", "x-snappy-framed", "zstd", "lz4");
        if (compression is not ("gzip" or "none" or ""))
        {
            section.Warning("compression", "bodies are sent with gzip, as the Collector's exporter does whatever stands here; none turns it off.");
        }

        return compression != "none";
    }

    // Zero is the Collector's word for its default; less than a second can not be set.
    private static TimeSpan PingTime(SectionReader section, string key, TimeSpan otherwise) =>
        section.Duration(key, TimeSpan.Zero, TimeSpan.Zero) is { Ticks: > 0 } time ? TimeSpan.FromTicks(Math.Max(time.Ticks, TimeSpan.TicksPerSecond)) : otherwise;

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
