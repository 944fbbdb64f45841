using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Manifests;

/// <summary>The account that the gateway's pods run as, unless the exporter names one of the user's own.</summary>
internal static class GatewayServiceAccount
{
    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.ServiceAccountName is not null)
        {
            return null;
        }

        var account = ManifestMetadata.Child(inputs, "v1", "ServiceAccount");
        account["automountServiceAccountToken"] = false;
        return account;
    }

    public static string NameOf(GatewayInputs inputs) => inputs.Gateway.ServiceAccountName ?? inputs.Name;
}
