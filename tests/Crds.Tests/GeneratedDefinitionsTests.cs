using System.Text.Json.Nodes;
using SentryOtel.Crds.Generator;

namespace SentryOtel.Crds.Tests;

public sealed class GeneratedDefinitionsTests
{
    // Client-side apply keeps the whole object in an annotation, and all annotations together may have 262 144 bytes.
    private const int LargestDefinition = 200_000;

    [Fact]
    public void Committed_definitions_are_what_the_generator_writes()
    {
        using var error = new StringWriter();

        var exit = CommandLine.Run(["--output", DefinitionFiles.Folder, "--chart", DefinitionFiles.Chart, "--docs", DefinitionFiles.Docs, "--check"], TextWriter.Null, error);

        Assert.Equal("", error.ToString());
        Assert.Equal(0, exit);
    }

    [Fact]
    public void Check_names_the_file_that_differs_and_fails()
    {
        var folder = Directory.CreateTempSubdirectory("crds-");
        try
        {
            Assert.Equal(0, CommandLine.Run(["--output", folder.FullName], TextWriter.Null, TextWriter.Null));
            var changed = Directory.GetFiles(folder.FullName).First();
            File.AppendAllText(changed, "# changed by hand\n");
            using var error = new StringWriter();

            var exit = CommandLine.Run(["--output", folder.FullName, "--check"], TextWriter.Null, error);

            Assert.Equal(1, exit);
            Assert.Contains(changed, error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("--output")]
    [InlineData("--check")]
    [InlineData("--bogus")]
    public void Arguments_that_make_no_sense_are_refused(string argument)
    {
        using var error = new StringWriter();

        Assert.Equal(2, CommandLine.Run([argument], TextWriter.Null, error));
        Assert.Contains("usage:", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Definitions_fit_into_the_annotation_of_a_client_side_apply(bool rules)
    {
        Assert.All(DefinitionFiles.InChart(rules), path => Assert.InRange(new FileInfo(path).Length, 1, LargestDefinition));
    }

    [Fact]
    public void The_two_forms_differ_in_the_rules_alone()
    {
        foreach (var (with, without) in Definitions.Build(rules: true).Zip(Definitions.Build(rules: false)))
        {
            Assert.True(RemoveRules(with) > 0);
            Assert.Equal(0, RemoveRules(without));
            Assert.True(JsonNode.DeepEquals(with, without));
        }
    }

    private static int RemoveRules(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var here = map.Remove("x-kubernetes-validations") ? 1 : 0;
                return here + map.Sum(entry => RemoveRules(entry.Value));
            case JsonArray list:
                return list.Sum(RemoveRules);
            default:
                return 0;
        }
    }
}
