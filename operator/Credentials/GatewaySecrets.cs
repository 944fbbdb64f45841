using System.Security.Cryptography;
using System.Text;
using SentryOtel.Crds;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Credentials;

/// <summary>What the gateway's pods read from Secrets and bundles, as a hash: a change must roll them. The API token is not among it.</summary>
internal sealed class GatewaySecrets(SecretReader secrets)
{
    /// <summary>The hash, or why something is missing.</summary>
    public async Task<(string Hash, CredentialError? Error)> HashAsync(
        SentryExporter exporter, ExporterConnection connection, CancellationToken cancellationToken)
    {
        var content = connection.Dsn is null ? "" : connection.Fingerprint;
        if (GatewayPod.Authorities(exporter.Spec) is { } source)
        {
            var bundle = await secrets.ReadAsync(exporter.Metadata.Namespace!, source, cancellationToken).ConfigureAwait(false);
            if (!bundle.TryGet(out var text, out var error))
            {
                return ("", error);
            }

            content += "\n" + text;
        }

        return (content.Length == 0 ? "" : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 8)), null);
    }
}
