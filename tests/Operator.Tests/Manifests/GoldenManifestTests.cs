using SentryOtel.Crds.Serialization;
using SentryOtel.Testing;

namespace SentryOtel.Operator.Tests.Manifests;

/// <summary>
/// The manifests as files, so that a change is seen as what it does in a cluster. With UPDATE_EXPECTED=true the files are written anew, to be looked at in the diff.
/// </summary>
public sealed class GoldenManifestTests
{
    [Theory]
    [InlineData("minimal")]
    [InlineData("full")]
    [InlineData("dsn")]
    [InlineData("disk")]
    [InlineData("shared")]
    public void Manifests_are_those_expected(string name)
    {
        var inputs = TestExporters.Named(name);
        var path = RepositoryFiles.PathOf($"tests/Operator.Tests/Manifests/Expected/{name}.yaml");

        var actual = string.Join("---\n", TestExporters.Manifests(inputs).Select(YamlText.Of));

        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "true")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
