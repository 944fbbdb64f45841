using System.Text.RegularExpressions;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Faults.Documents;

/// <summary>docs/losses.md names the tests that prove it: all of them exist, and each row has one before a Sentry in a process of its own.</summary>
public sealed partial class LossTableTests
{
    // These run the stand-in within their own process, by one clock with the gateway.
    private const string WithinOneProcess = "SentryOtel.Gateway.Faults.Projects";

    [Fact]
    public void Every_test_that_the_tables_name_exists()
    {
        var known = Tests().Select(test => $"{test.Class}.{test.Method}").ToHashSet(StringComparer.Ordinal);
        var named = Rows().SelectMany(row => row.Tests).ToList();

        Assert.NotEmpty(named);
        Assert.Equal([], named.Except(known));
    }

    [Fact]
    public void Every_row_is_proved_before_a_Sentry_of_its_own_process()
    {
        var outside = Tests().Where(test => test.Namespace != WithinOneProcess).Select(test => $"{test.Class}.{test.Method}").ToHashSet(StringComparer.Ordinal);

        Assert.All(Rows(), row => Assert.True(row.Tests.Any(outside.Contains), $"{row.Title}: no test with a Sentry in a process of its own"));
    }

    // Twenty ways of losing data, and fifteen groups of failures: none of them drops out of sight.
    [Fact]
    public void No_row_is_missing() => Assert.Equal(20 + 15, Rows().Count);

    // | what | here | `XTests.Name`, `YTests.Name` |
    private static IReadOnlyList<(string Title, IReadOnlyList<string> Tests)> Rows() =>
        [.. File.ReadLines(RepositoryFiles.PathOf("docs/losses.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 5 && cells[1].Length > 0 && !cells[1].StartsWith("---", StringComparison.Ordinal) && cells[3] != "tests")
            .Select(cells => (cells[1], (IReadOnlyList<string>)[.. Name().Matches(cells[3]).Select(match => match.Groups[1].Value)]))];

    private static IEnumerable<(string Namespace, string Class, string Method)> Tests() =>
        from type in typeof(LossTableTests).Assembly.GetTypes()
        from method in type.GetMethods()
        where method.IsDefined(typeof(FactAttribute), inherit: true)
        select (type.Namespace!, type.Name, method.Name);

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex Name();
}
