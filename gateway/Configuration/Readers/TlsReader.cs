using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary>The Collector's <c>tls</c> section of a client, beyond the authorities.</summary>
internal static class TlsReader
{
    private static readonly string[] Versions10To13 = ["1.0", "1.1", "1.2", "1.3"];

    /// <summary>The certificate to show and its key; both or neither.</summary>
    public static (string? Certificate, Secret? Key) Certificate(SectionReader? tls, ReadContext context)
    {
        if (tls is null)
        {
            return default;
        }

        var certificate = Pem(tls, context, "cert_file", "cert_pem");
        var key = Pem(tls, context, "key_file", "key_pem");
        if (certificate is null != key is null)
        {
            tls.Error(certificate is null ? Name(tls, "key_file", "key_pem") : Name(tls, "cert_file", "cert_pem"), "a certificate and its key must be configured together.");
            return default;
        }

        if (certificate is null || !Matches(tls, certificate, key!))
        {
            return default;
        }

        return (certificate, new Secret(key!));
    }

    /// <summary>From <c>min_version</c> to <c>max_version</c>; none for the system's choice from 1.2 on.</summary>
    public static SslProtocols Versions(SectionReader? tls)
    {
        if (tls is null)
        {
            return SslProtocols.None;
        }

        var min = Array.IndexOf(Versions10To13, tls.OneOf("min_version", "1.2", "1.0", "1.1", "1.2", "1.3", string.Empty) is { Length: > 0 } from ? from : "1.2");
        var max = Array.IndexOf(Versions10To13, tls.OneOf("max_version", "1.3", "1.0", "1.1", "1.2", "1.3", string.Empty) is { Length: > 0 } to ? to : "1.3");
        if (min > max)
        {
            tls.Error("max_version", "must not be lower than min_version, which is 1.2 when it is not set.");
            return SslProtocols.None;
        }

        if (min < 2)
        {
            tls.Error(tls.Has("min_version") ? "min_version" : "max_version", "1.0 and 1.1 are broken, and no Sentry asks for them; use 1.2 or 1.3.");
            return SslProtocols.None;
        }

        return (min, max) switch
        {
            (2, 2) => SslProtocols.Tls12,
            (3, 3) => SslProtocols.Tls13,
            _ => SslProtocols.None,
        };
    }

    /// <summary>The keys that are not served.</summary>
    public static void Rest(SectionReader? tls)
    {
        if (tls is null)
        {
            return;
        }

        tls.Ignore("has no meaning here: the address says http or https.", "insecure");
        tls.Ignore("has no meaning here: files are looked at every service.reload_interval, and taken when their content changes.", "reload_interval");
        Refuse(tls, "cipher_suites", "the system's policy chooses the cipher suites (OpenSSL's configuration); remove it.");
        Refuse(tls, "curve_preferences", "the system's policy chooses the curves (OpenSSL's configuration); remove it.");
        Refuse(tls, "tpm", "keys in a TPM can not be used; use key_file, or run an OpenTelemetry Collector in front of the gateway.");
        if (tls.Flag("include_insecure_cipher_suites", false))
        {
            tls.Error("include_insecure_cipher_suites", "insecure cipher suites are not used; remove it.");
        }
    }

    private static void Refuse(SectionReader tls, string key, string why)
    {
        if (tls.Has(key))
        {
            tls.Error(key, why);
        }
    }

    private static string? Pem(SectionReader tls, ReadContext context, string fileKey, string pemKey)
    {
        var (file, pem) = (tls.Text(fileKey), tls.Text(pemKey));
        if (string.IsNullOrEmpty(file))
        {
            return string.IsNullOrEmpty(pem) ? null : pem;
        }

        if (!string.IsNullOrEmpty(pem))
        {
            tls.Error(pemKey, $"provide either {fileKey} or {pemKey}, but not both.");
        }

        var text = context.ReadFile(file, out var error);
        if (error is not null)
        {
            tls.Error(fileKey, $"{error}.");
        }

        return text;
    }

    private static bool Matches(SectionReader tls, string certificate, string key)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            return true;
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            // The exception may quote what it could not read.
            tls.Error(Name(tls, "cert_file", "cert_pem"), "is no PEM certificate with the key of the same pair; a key with a passphrase can not be used.");
            return false;
        }
    }

    private static string Name(SectionReader tls, string fileKey, string pemKey) => tls.Has(fileKey) ? fileKey : pemKey;
}
