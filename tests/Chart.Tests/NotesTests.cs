namespace SentryOtel.Chart.Tests;

/// <summary>What people read after an install.</summary>
[Trait("Category", "Processes")]
public sealed class NotesTests
{
    [Fact]
    public async Task The_exporter_can_be_pasted_into_a_shell()
    {
        var lines = (await NotesAsync()).Split('\n');

        var begin = Array.FindIndex(lines, static line => line.EndsWith("<<YAML", StringComparison.Ordinal));
        // The shell looks for the word alone on its line.
        var end = Array.IndexOf(lines, "YAML");
        Assert.InRange(end, begin + 1, lines.Length);
        Assert.Equal("kubectl apply -f - <<YAML", lines[begin]);
        Assert.Equal("SentryExporter", YamlFile.Parse(string.Join('\n', lines[(begin + 1)..end]))["kind"].ToString());
    }

    [Fact]
    public async Task Who_keeps_no_definitions_is_told_what_to_delete_before_an_uninstall()
    {
        const string Command = "kubectl delete sentryexporters,sentryprojectroutes --all --all-namespaces";

        Assert.Contains(Command, await NotesAsync("--set", "crds.keep=false"), StringComparison.Ordinal);
        Assert.DoesNotContain(Command, await NotesAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_values_file_that_is_named_is_in_the_package()
    {
        var notes = await NotesAsync("--set", "replicaCount=2");

        var named = System.Text.RegularExpressions.Regex.Matches(notes, @"ci/[\w-]+\.yaml").Select(static match => match.Value).ToList();
        Assert.NotEmpty(named);
        Assert.Empty(named.Except(await ReadmeTests.PackagedAsync()));
    }

    private static async Task<string> NotesAsync(params string[] arguments)
    {
        var answer = await Chart.TryHelmAsync(["install", Chart.Release, Chart.Folder, "--namespace", Chart.Namespace, "--dry-run=client", .. arguments]);
        var text = answer.Succeeded("helm install --dry-run=client");
        return text[text.IndexOf("NOTES:", StringComparison.Ordinal)..];
    }
}
