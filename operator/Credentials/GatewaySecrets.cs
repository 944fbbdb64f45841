using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using SentryOtel.Crds;
using SentryOtel.Operator.Manifests;
using SentryOtel.Sentry.Ingest;

namespace SentryOtel.Operator.Credentials;

/// <summary>Looks whether all is there that the gateway's pods mount, and can be read: without it they would hang or end, and say little.</summary>
internal static class GatewaySecrets
{
    /// <summary>The first thing that is missing or can not be read; null when nothing is.</summary>
    public static async Task<CredentialError?> FindMissingAsync(
        string @namespace, IEnumerable<GatewayFile> files, SecretReader secrets, CancellationToken cancellationToken)
    {
        foreach (var file in files)
        {
            // That of an exporter with a gateway of its own has been read already, to be tried.
            if (file.Path == GatewayFiles.Dsn)
            {
                continue;
            }

            var text = await secrets.ReadAsync(@namespace, file.Source, cancellationToken).ConfigureAwait(false);
            if (!text.TryGet(out var content, out var error))
            {
                return error;
            }

            if (file.Path.EndsWith(GatewayFiles.Dsn, StringComparison.Ordinal) && !Dsn.TryParse(content.Trim(), out _, out var why))
            {
                return new CredentialError(CredentialReasons.InvalidDsn, $"key \"{file.Source.SecretKeyRef!.Key}\" of Secret {@namespace}/{file.Source.SecretKeyRef.Name} is no DSN: {why}");
            }

            if (file.Path.EndsWith(GatewayFiles.Authorities, StringComparison.Ordinal) && !HoldsCertificate(content))
            {
                return new CredentialError(CredentialReasons.CertificateAuthorityInvalid, $"caFrom names {NameOf(@namespace, file.Source)}, which holds no certificate in PEM");
            }
        }

        return null;
    }

    private static bool HoldsCertificate(string text)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(text);
            foreach (var certificate in certificates)
            {
                certificate.Dispose();
            }

            return certificates.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static string NameOf(string @namespace, CertificateSource source) => source.SecretKeyRef is { } secret
        ? $"Secret {@namespace}/{secret.Name}, key \"{secret.Key}\""
        : $"ConfigMap {@namespace}/{source.ConfigMapKeyRef!.Name}, key \"{source.ConfigMapKeyRef.Key}\"";
}
