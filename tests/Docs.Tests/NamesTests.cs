using System.Text.RegularExpressions;
using SentryOtel.Docs.Tests.Pages;
using SentryOtel.Testing;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Docs.Tests;

/// <summary>What pages name is there: targets of make, values of the chart, files, fields of the custom resources.</summary>
public sealed partial class NamesTests
{
    // The gateway's own keys are written alike, and have a test of their own (KeyTableTests); decisions speak of their day.
    private static readonly string[] OtherDialects = ["docs/gateway.md", "docs/losses.md", "docs/performance.md", "docs/decisions/", "tests/"];

    private static readonly YamlMappingNode Values = YamlTree.Read(File.ReadAllText(RepositoryFiles.PathOf("charts/sentry-otel-operator/values.yaml"))).Single();

    private static IEnumerable<(Page Page, string Text)> Commands => Page.All.SelectMany(static page => page.Commands.Select(text => (page, text)));

    [Fact]
    public void Every_target_of_make_is_in_the_Makefile()
    {
        var targets = File.ReadLines(RepositoryFiles.PathOf("Makefile")).Select(static line => Target().Match(line)).Where(static match => match.Success)
            .Select(static match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Equal([], Named(MakeCall()).Where(named => !targets.Contains(named.Name)));
        Assert.Contains(Named(MakeCall()), static named => named.Name == "run");
        Assert.Contains(Named(MakeCall()), static named => named.Name == "test-e2e");
    }

    [Fact]
    public void Every_value_that_is_set_is_a_value_of_the_chart()
    {
        Assert.Equal([], Named(SetOption()).Where(static named => YamlTree.Find(Values, named.Name) is null));
        Assert.NotEmpty(Named(SetOption()));
    }

    [Fact]
    public void Every_file_that_is_named_is_there() => Assert.Equal([], Named(FilePath()).Where(static named => !RepositoryPaths.Exists(named.Name)));

    [Fact]
    public void Every_field_that_is_named_is_in_a_definition_or_a_value_of_the_chart()
    {
        var fields = Page.All
            .Where(static page => !OtherDialects.Any(other => page.Path.StartsWith(other, StringComparison.Ordinal)))
            .SelectMany(static page => page.Spans.Select(span => (page.Path, Field: FieldPath().Match(span).Groups["field"].Value)))
            .Where(static named => named.Field.Length > 0 && Schema.Roots.Contains(named.Field.Split('.')[0]))
            .ToList();

        Assert.Equal([], fields.Where(static named => !Schema.Fields.Contains(named.Field) && YamlTree.Find(Values, named.Field) is null));
        Assert.True(fields.Count > 50);
    }

    [Theory]
    [InlineData("queue.maxAge", true)]
    [InlineData("spec.gateway.networkPolicy.egress.ports", true)]
    [InlineData("queue.maxAges", false)]
    [InlineData("spec.gateway.tls.secret", false)]
    public void Field_that_is_in_no_definition_is_noticed(string field, bool known) => Assert.Equal(known, Schema.Fields.Contains(field));

    private static List<(string Page, string Name)> Named(Regex regex) =>
        [.. Commands.SelectMany(command => regex.Matches(command.Text).Select(match => (command.Page.Path, match.Groups[1].Value)))];

    [GeneratedRegex("^([a-z0-9-]+):")]
    private static partial Regex Target();

    [GeneratedRegex(@"(?:^|[ \t&;=])make ([a-z][a-z0-9-]*)(?=$|[ \t\r\n`])", RegexOptions.Multiline)]
    private static partial Regex MakeCall();

    [GeneratedRegex(@"--set(?:-string)? '?([A-Za-z][\w.]*)(?=[=\[{])")]
    private static partial Regex SetOption();

    [GeneratedRegex(@"(?<![\w./-])((?:examples|charts|docs|crds|build)/[\w./-]*[\w-])(?![\w*{<…])")]
    private static partial Regex FilePath();

    // A value may follow: `gateway.replicas: 0`.
    [GeneratedRegex(@"^(?<field>[a-z][A-Za-z]*(?:\.[a-z][A-Za-z]*)+)(?:: .*)?$")]
    private static partial Regex FieldPath();
}
