using System.Security.Cryptography;
using System.Text;

namespace SentryOtel.Testing;

/// <summary>
/// Pictures in docs/images that tests take. Beside each is the digest of what it shows: when that changes, the test fails until the picture is taken anew with
/// UPDATE_EXPECTED=true.
/// </summary>
public static class DocumentPicture
{
    /// <summary>Compares, or renews.</summary>
    /// <param name="name">Of the files, without an ending.</param>
    /// <param name="taken">The picture that was taken now, a PNG file.</param>
    /// <param name="subject">What it shows, without what differs from run to run.</param>
    /// <exception cref="InvalidOperationException">The picture in docs/images shows something else.</exception>
    public static void Keep(string name, string taken, string subject)
    {
        var (picture, digest) = (RepositoryFiles.PathOf($"docs/images/{name}.png"), RepositoryFiles.PathOf($"docs/images/{name}.sha256"));
        var now = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)));
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "true")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(picture)!);
            File.Copy(taken, picture, overwrite: true);
            File.WriteAllText(digest, now + "\n");
        }
        else if (!File.Exists(picture) || !File.Exists(digest) || File.ReadAllText(digest).Trim() != now)
        {
            throw new InvalidOperationException($"docs/images/{name}.png shows something older than {taken}: run the test with UPDATE_EXPECTED=true, look at the picture and commit it.");
        }
    }
}
