using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json.Nodes;
using SentryOtel.Crds.Generator;

namespace SentryOtel.Chart.Tests;

/// <summary>The chart's README.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void Its_table_is_that_of_the_values()
    {
        var (path, text) = ChartReadme.Of(Chart.Folder);

        Assert.True(text == File.ReadAllText(path), "The README differs from values.yaml: run make chart-docs");
    }

    [Fact]
    public void Every_value_is_described_by_itself_or_with_all_of_its_parent()
    {
        var text = File.ReadAllText(Path.Combine(Chart.Folder, "values.yaml"));

        var described = ChartReadme.Read(text).Select(static value => value.Path).ToHashSet(StringComparer.Ordinal);

        Assert.DoesNotContain(Leaves("", Chart.ToJson(YamlFile.Parse(text))), path => !Ancestors(path).Any(described.Contains));
    }

    [Fact]
    [Trait("Category", "Processes")]
    public async Task Every_file_that_it_names_is_in_the_package()
    {
        var links = System.Text.RegularExpressions.Regex.Matches(File.ReadAllText(Path.Combine(Chart.Folder, "README.md")), @"\]\((?<path>[^)#:]+)\)").Select(static link => link.Groups["path"].Value).ToList();

        var packaged = await PackagedAsync();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(packaged.Any(file => file == link || file.StartsWith($"{link}/", StringComparison.Ordinal)), link));
    }

    [Fact]
    public void A_value_without_a_place_in_the_README_is_an_error_that_names_the_place()
    {
        var folder = Directory.CreateTempSubdirectory("readme-");
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "README.md"), "# No table\n");

            Assert.Contains("README.md lacks the lines", Assert.Throws<InvalidDataException>(() => ChartReadme.Of(folder.FullName)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>The files of the chart as <c>helm package</c> makes it.</summary>
    internal static async Task<IReadOnlyList<string>> PackagedAsync()
    {
        var folder = Directory.CreateTempSubdirectory("package-");
        try
        {
            (await Chart.TryHelmAsync("package", Chart.Folder, "--destination", folder.FullName)).Succeeded("helm package");
            await using var archive = new GZipStream(File.OpenRead(folder.GetFiles().Single().FullName), CompressionMode.Decompress);
            await using var reader = new TarReader(archive);
            var files = new List<string>();
            while (await reader.GetNextEntryAsync() is { } entry)
            {
                files.Add(entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]);
            }

            return files;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Leaves(string path, JsonNode? node) =>
        node is JsonObject { Count: > 0 } map ? map.SelectMany(pair => Leaves(path.Length == 0 ? pair.Key : $"{path}.{pair.Key}", pair.Value)) : [path];

    private static IEnumerable<string> Ancestors(string path)
    {
        for (var at = path; at.Length > 0; at = at.Contains('.', StringComparison.Ordinal) ? at[..at.LastIndexOf('.')] : "")
        {
            yield return at;
        }
    }
}
