using System.Text.RegularExpressions;
using SentryOtel.Docs.Tests.Pages;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests;

/// <summary>docs/troubleshooting.md speaks of what there is, in its own words, and leaves no trouble out.</summary>
public sealed partial class TroubleshootingTests
{
    private static readonly Page Document = Page.Read("docs/troubleshooting.md");

    private static readonly string[] OtherWords = ["All", "CreateOnly", "RetryInfo", "Selector"];

    [Fact]
    public void Every_symptom_says_what_is_seen_why_and_what_cures_it_and_names_its_test()
    {
        Assert.True(Symptoms().Count > 40);
        Assert.All(Symptoms(), static symptom => Assert.All(
            (string[])["You see ", "Why", "Cure: ", "Test: "],
            part => Assert.True(symptom.Text.Contains("\n" + part, StringComparison.Ordinal), $"{symptom.Title}: {part}")));
    }

    [Fact]
    public void Every_symptom_is_in_the_table_at_the_top()
    {
        var linked = Document.Links.Select(static link => link.Target).Where(static target => target.StartsWith('#')).Select(static target => target[1..]).ToHashSet(StringComparer.Ordinal);

        Assert.All(Symptoms(), symptom => Assert.Contains(Anchor(symptom.Title), linked));
    }

    [Fact]
    public void Every_test_that_pages_name_exists()
    {
        var named = Page.All.SelectMany(static page => page.Spans.Where(static span => NamedTest().IsMatch(span)).Select(span => (page.Path, span))).ToList();

        Assert.True(named.Count > 50);
        Assert.Equal([], named.Where(static test => !TestMethods.Exists(test.span)));
    }

    [Fact]
    public void Every_reason_and_code_that_is_seen_is_in_a_test_of_its_symptom()
    {
        var seen = Symptoms().SelectMany(static symptom => SeenNames.In(symptom.Text).Select(name => (symptom.Title, symptom.Text, Name: name))).ToList();

        Assert.True(seen.Count > 110, $"{seen.Count} names");
        Assert.Equal([], seen.Where(static part => !TestsOf(part.Text).Any(test => SeenNames.IsIn(test, part.Name))).Select(static part => (part.Title, part.Name)));
    }

    [Fact]
    public void Every_reason_that_is_named_exists()
    {
        var known = Conditions.Words.Concat(OtherWords).ToHashSet(StringComparer.Ordinal);
        var named = Document.Spans.Where(static span => Reason().IsMatch(span)).Distinct();

        Assert.Equal([], named.Where(name => !known.Contains(name)));
    }

    [Fact]
    public void Every_reason_that_means_trouble_is_in_a_symptom()
    {
        var told = string.Concat(Symptoms().Select(static symptom => symptom.Text));

        Assert.True(Conditions.Trouble.Count > 50);
        Assert.Equal([], Conditions.Trouble.Where(reason => !told.Contains($"`{reason}`", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_reason_for_which_data_are_dropped_or_rejected_is_in_a_symptom()
    {
        var told = string.Concat(Symptoms().Select(static symptom => symptom.Text));
        var reasons = ReasonsOf("Reasons of `items_dropped_total`").Concat(ReasonsOf("Reasons of `items_rejected_total`")).ToList();

        Assert.True(reasons.Count > 20);
        Assert.Equal([], reasons.Where(reason => !told.Contains($"`{reason}`", StringComparison.Ordinal)));
    }

    // An indented line is a message; … stands for what differs.
    [Fact]
    public void Every_message_is_the_programs_own()
    {
        var sources = string.Concat(RepositoryPaths.All
            .Where(static path => path.EndsWith(".cs", StringComparison.Ordinal) && !path.StartsWith("tests/", StringComparison.Ordinal))
            .Select(static path => SplitText().Replace(File.ReadAllText(RepositoryFiles.PathOf(path)).Replace("\\\"", "\"", StringComparison.Ordinal), "")));
        var parts = Symptoms().SelectMany(static symptom => symptom.Text.Split('\n'))
            .Where(static line => line.StartsWith("    ", StringComparison.Ordinal))
            .SelectMany(static line => line.Trim().Split('…', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .ToList();

        Assert.True(parts.Count > 100);
        Assert.Equal([], parts.Where(part => !sources.Contains(part, StringComparison.Ordinal)));
    }

    private static List<(string Title, string Text)> Symptoms() => [.. string.Join('\n', Document.Prose)
        .Split("\n### ").Skip(1)
        .Select(static section => section.Split("\n## ")[0].Split('\n', 2))
        .Select(static section => (section[0], "\n" + section[1]))];

    private static IEnumerable<string> TestsOf(string symptom) => Page.SpansOf(symptom).Where(static span => NamedTest().IsMatch(span)).Select(TestMethods.SourceOf);

    private static string Anchor(string title) => Page.Read("docs/troubleshooting.md").Anchors.Single(anchor => anchor == NoAnchor().Replace(title.ToLowerInvariant(), "").Replace(' ', '-'));

    private static IEnumerable<string> ReasonsOf(string heading) => Page.Read("docs/gateway.md").Prose
        .SkipWhile(line => !line.StartsWith(heading, StringComparison.Ordinal)).Skip(2)
        .TakeWhile(static line => line.StartsWith('|'))
        .Select(static line => Row().Match(line)).Where(static match => match.Success).Select(static match => match.Groups[1].Value);

    [GeneratedRegex(@"^tests/[\w.]+/\w+\.\w+_\w+$")]
    private static partial Regex NamedTest();

    [GeneratedRegex("^[A-Z][a-z][A-Za-z]*$")]
    private static partial Regex Reason();

    [GeneratedRegex(@"^\| `(\w+)` \|")]
    private static partial Regex Row();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NoAnchor();

    // A text over several lines: "..." + $"...".
    [GeneratedRegex(@"""\s*\+\s*\$?""")]
    private static partial Regex SplitText();
}
