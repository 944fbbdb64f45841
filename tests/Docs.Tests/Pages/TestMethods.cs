using System.Text.RegularExpressions;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>The tests of the repository, by their sources: no project could refer to all of their assemblies.</summary>
internal static partial class TestMethods
{
    private static readonly Dictionary<string, Lazy<string>> Sources = RepositoryPaths.All
        .Where(static path => path.StartsWith("tests/", StringComparison.Ordinal) && path.EndsWith(".cs", StringComparison.Ordinal))
        .SelectMany(static path => In(path.Split('/')[1], File.ReadAllText(RepositoryFiles.PathOf(path))))
        .GroupBy(static test => test.Name, StringComparer.Ordinal)
        .ToDictionary(static tests => tests.Key, static tests => tests.First().Source, StringComparer.Ordinal);

    /// <summary>Whether there is <c>tests/Project/Class.Method</c>.</summary>
    public static bool Exists(string test) => Sources.ContainsKey(test);

    /// <summary>What is written there: the test with its attributes, and the methods of its file that it calls. Empty when there is none.</summary>
    public static string SourceOf(string test) => Sources.TryGetValue(test, out var source) ? source.Value : "";

    private static IEnumerable<(string Name, Lazy<string> Source)> In(string project, string source)
    {
        var members = Between().Split(source);
        var methods = members.Select(static member => (Name: Method().Match(member).Groups[1].Value, Source: member)).Where(static method => method.Name.Length > 0).ToList();
        var type = "";
        foreach (var match in TypeOrTest().Matches(source).Cast<Match>())
        {
            if (match.Groups["type"].Success)
            {
                type = match.Groups["type"].Value;
            }
            else
            {
                var start = match.Index;
                yield return ($"tests/{project}/{type}.{match.Groups["method"].Value}", new(() => WithCalled(Between().Split(source[start..])[0], methods)));
            }
        }
    }

    private static string WithCalled(string test, List<(string Name, string Source)> methods)
    {
        var (text, left) = (test, methods);
        while (left.FindAll(method => Calls(text, method.Name)) is [_, ..] called)
        {
            text += string.Concat(called.Select(static method => method.Source));
            left = left.FindAll(method => !called.Contains(method));
        }

        return text;
    }

    private static bool Calls(string text, string method) => Regex.IsMatch(text, $@"(?<![\w.]){method}\b");

    // A test's attributes may hold lines of text; the first method behind [Fact] or [Theory] is the test.
    [GeneratedRegex(@"\bclass (?<type>\w+)|\[(?:Fact|Theory)\b(?:.|\n)*?\bpublic (?:static )?(?:async )?[\w<>]+ (?<method>\w+)\(")]
    private static partial Regex TypeOrTest();

    // An empty line before what stands where members do, or the end of the type.
    [GeneratedRegex(@"\r?\n\r?\n(?=    \S)|\n(?=\})")]
    private static partial Regex Between();

    // The name of a method that is no test.
    [GeneratedRegex(@"\A(?: {4}(?://|\[).*\r?\n)* {4}private (?:static |async |readonly )*[\w<>?\[\], ().]+? (\w+)\(")]
    private static partial Regex Method();
}
