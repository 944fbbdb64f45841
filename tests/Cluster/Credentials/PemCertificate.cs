namespace SentryOtel.Cluster.Credentials;

/// <summary>A certificate and its private key, both PEM.</summary>
/// <param name="Certificate">The certificate.</param>
/// <param name="PrivateKey">The key (SEC 1, "EC PRIVATE KEY"). Not part of <see cref="ToString"/>.</param>
public sealed record PemCertificate(string Certificate, string PrivateKey)
{
    /// <inheritdoc/>
    public override string ToString() => Certificate;

    /// <summary>Writes <c>NAME.crt</c> and <c>NAME.key</c>, the key readable by its owner only.</summary>
    internal void WriteTo(string folder, string name)
    {
        File.WriteAllText(Path.Combine(folder, name + ".crt"), Certificate);
        PrivateFile.Write(Path.Combine(folder, name + ".key"), PrivateKey);
    }
}
