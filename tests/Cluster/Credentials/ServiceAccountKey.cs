using System.Security.Cryptography;

namespace SentryOtel.Cluster.Credentials;

/// <summary>The key pair that signs service account tokens.</summary>
internal static class ServiceAccountKey
{
    internal static void WriteTo(string folder, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PrivateFile.Write(Path.Combine(folder, name + ".key"), key.ExportECPrivateKeyPem());
        File.WriteAllText(Path.Combine(folder, name + ".pub"), key.ExportSubjectPublicKeyInfoPem());
    }
}
