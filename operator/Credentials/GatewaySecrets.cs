using SentryOtel.Crds;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Credentials;

/// <summary>Looks whether all is there that the gateway's pods mount: without it they would hang and say little.</summary>
internal static class GatewaySecrets
{
    /// <summary>The first thing that is missing; null when nothing is.</summary>
    public static async Task<CredentialError?> FindMissingAsync(SentryExporter exporter, SecretReader secrets, CancellationToken cancellationToken)
    {
        foreach (var file in GatewayFiles.Of(exporter.Spec))
        {
            // The DSN has been read already, to be tried.
            if (file.Path == GatewayFiles.Dsn)
            {
                continue;
            }

            var text = await secrets.ReadAsync(exporter.Metadata.Namespace!, file.Source, cancellationToken).ConfigureAwait(false);
            if (text.Error is { } error)
            {
                return error;
            }
        }

        return null;
    }
}
