using System.Text.RegularExpressions;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>The tests of the repository, by their sources: no project could refer to all of their assemblies.</summary>
internal static partial class TestMethods
{
    /// <summary><c>tests/Project/Class.Method</c>.</summary>
    public static IReadOnlySet<string> All { get; } = RepositoryPaths.All
        .Where(static path => path.StartsWith("tests/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
        .SelectMany(static path => In(path.Split('/')[1], File.ReadAllText(RepositoryFiles.PathOf(path))))
        .ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<string> In(string project, string source)
    {
        var type = "";
        foreach (var match in TypeOrTest().Matches(source).Cast<Match>())
        {
            if (match.Groups["type"].Success)
            {
                type = match.Groups["type"].Value;
            }
            else
            {
                yield return $"tests/{project}/{type}.{match.Groups["method"].Value}";
            }
        }
    }

    // A test's attributes may hold lines of text; the first method behind [Fact] or [Theory] is the test.
    [GeneratedRegex(@"\bclass (?<type>\w+)|\[(?:Fact|Theory)\b(?:.|\n)*?\bpublic (?:static )?(?:async )?[\w<>]+ (?<method>\w+)\(")]
    private static partial Regex TypeOrTest();
}
