using SentryOtel.Testing;

namespace SentryOtel.Cli.Tests.Conversion;

/// <summary>
/// Conversions as files, manifests and what is said beside them. With UPDATE_EXPECTED=true the files are written anew, to be looked at in the diff.
/// </summary>
public sealed class GoldenConversionTests
{
    public static TheoryData<string> Names => ConversionFiles.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Conversions_are_those_expected(string name)
    {
        var conversion = ConversionFiles.Convert(name);

        AssertExpected($"{name}.yaml", ConversionFiles.Yaml(conversion));
        AssertExpected($"{name}.notes.txt", string.Concat(conversion.Notes.Select(static note => $"{note}\n")));
    }

    private static void AssertExpected(string file, string actual)
    {
        var path = RepositoryFiles.PathOf($"tests/Cli.Tests/Conversion/Expected/{file}");
        if (Environment.GetEnvironmentVariable("UPDATE_EXPECTED") == "true")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
