using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;
using SentryOtel.Gateway.Receiving.Tls;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>tls</c> of a receiver: the Collector's server settings.</summary>
internal static class ServerTlsReader
{
    public static ServerTlsConfiguration? Read(SectionReader? section)
    {
        if (section is null)
        {
            return null;
        }

        var otherwise = new ServerTlsConfiguration { Certificate = new PemSource(null, null), Key = new PemSource(null, null) };
        var (certificate, key) = (Pem(section, "cert"), Pem(section, "key"));
        if (certificate is null || key is null)
        {
            section.Error(certificate is null ? "cert_file" : "key_file", "TLS needs a certificate and its key: set cert_file (or cert_pem) and key_file (or key_pem).");
        }

        var tls = otherwise with
        {
            Certificate = certificate ?? otherwise.Certificate,
            Key = key ?? otherwise.Key,
            ClientAuthorities = Pem(section, "client_ca"),
            Versions = Versions(section),
            CipherSuites = Suites(section),
            ReloadInterval = section.Duration("reload_interval", otherwise.ReloadInterval, TimeSpan.Zero),
        };
        section.Ignore("has no meaning for a server; authorities of client certificates are client_ca_file.", "ca_file", "ca_pem", "include_system_ca_certs_pool");
        section.Ignore("has no meaning here: client_ca_file is read again whenever the certificate is.", "client_ca_file_reload");
        section.Ignore("has no meaning here: the system's OpenSSL decides.", "curve_preferences", "include_insecure_cipher_suites");
        section.NotSupportedYet("tpm");
        section.Finish();
        if (certificate is not null && key is not null)
        {
            Check(section, tls);
        }

        return tls;
    }

    private static PemSource? Pem(SectionReader section, string name)
    {
        var (file, text) = (section.Text($"{name}_file"), section.Secret($"{name}_pem"));
        if (!string.IsNullOrEmpty(file) && text is not null)
        {
            section.Error($"{name}_pem", $"provide either {name}_file or {name}_pem, but not both.");
        }

        return !string.IsNullOrEmpty(file) ? new PemSource(file, null) : text is not null ? new PemSource(null, text) : null;
    }

    private static SslProtocols Versions(SectionReader section)
    {
        var (min, max) = (Version(section, "min_version", "1.2"), Version(section, "max_version", "1.3"));
        if (string.CompareOrdinal(min, max) > 0)
        {
            section.Error("min_version", "must not be above max_version.");
        }

        return (min == "1.2" ? SslProtocols.Tls12 : SslProtocols.None) | (max == "1.3" ? SslProtocols.Tls13 : SslProtocols.None);
    }

    private static string Version(SectionReader section, string key, string otherwise)
    {
        var version = section.Text(key);
        if (version is "1.0" or "1.1")
        {
            section.Error(key, "TLS 1.0 and 1.1 are not offered; use 1.2 or 1.3.");
            return otherwise;
        }

        return string.IsNullOrEmpty(version) ? otherwise : section.OneOf(key, otherwise, "1.2", "1.3");
    }

    private static ValueList<TlsCipherSuite> Suites(SectionReader section)
    {
        var suites = new List<TlsCipherSuite>();
        foreach (var (name, mark) in section.List("cipher_suites"))
        {
            if (Enum.TryParse<TlsCipherSuite>(name, out var suite) && Enum.IsDefined(suite) && !char.IsAsciiDigit(name[0]))
            {
                suites.Add(suite);
            }
            else
            {
                section.ErrorAt(mark, "cipher_suites", $"\"{name}\" is no cipher suite; use the names of IANA, as TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256.");
            }
        }

        return new ValueList<TlsCipherSuite>(suites);
    }

    private static void Check(SectionReader section, ServerTlsConfiguration tls)
    {
        var certificate = Text(section, "cert_file", tls.Certificate);
        var key = Text(section, "key_file", tls.Key);
        var authorities = tls.ClientAuthorities is { } source ? Text(section, "client_ca_file", source) : null;
        if (certificate is null || key is null || (tls.ClientAuthorities is not null && authorities is null))
        {
            return;
        }

        try
        {
            TlsSnapshot.Create(certificate, key, authorities);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            section.Error(tls.Certificate.File is null ? "cert_pem" : "cert_file", $"{TlsSnapshot.Explain(exception)}.");
        }
    }

    private static string? Text(SectionReader section, string key, PemSource source)
    {
        if (source.File is null)
        {
            return source.Text?.Value;
        }

        var text = ReadContext.Peek(source.File, out var error);
        if (error is not null)
        {
            section.Error(key, $"{error}.");
        }

        return text;
    }
}
