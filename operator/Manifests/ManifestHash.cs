using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>A short hash of what was last applied: a field that is wanted no more can only be told by what was wanted before.</summary>
internal static class ManifestHash
{
    /// <summary>On every child: the hash of the manifest as it was last applied.</summary>
    public const string Annotation = SentryOtelGroup.Group + "/manifest-hash";

    /// <summary>Sixteen hexadecimal digits.</summary>
    public static string Of(JsonNode manifest) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(manifest.ToJsonString() + "\n")).AsSpan(0, 8));

    /// <summary>Writes the manifest's hash into its annotations.</summary>
    /// <param name="manifest">The manifest, without the annotation.</param>
    /// <param name="hash">Its hash.</param>
    public static void Stamp(JsonObject manifest, string hash)
    {
        var metadata = manifest["metadata"]!.AsObject();
        if (metadata["annotations"] is not JsonObject annotations)
        {
            metadata["annotations"] = annotations = [];
        }

        annotations[Annotation] = hash;
    }
}
