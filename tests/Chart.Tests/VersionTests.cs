using System.Xml.Linq;
using SentryOtel.Testing;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests;

/// <summary>The version stands in Directory.Build.props; what repeats it says the same.</summary>
public sealed class VersionTests
{
    private static readonly string Version = XDocument.Load(RepositoryFiles.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    private static readonly YamlNode Manifest = YamlFile.Read(Path.Combine(Chart.Folder, "Chart.yaml"));

    [Fact]
    public void The_chart_and_its_programs_have_one_version()
    {
        Assert.Equal((Version, Version), (Manifest["version"].ToString(), Manifest["appVersion"].ToString()));
        Assert.StartsWith(Version, typeof(VersionTests).Assembly.GetName().Version!.ToString(3), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_has_changed_since_a_version_that_nobody_got()
    {
        var versions = File.ReadLines(RepositoryFiles.PathOf("CHANGELOG.md")).Where(static line => line.StartsWith("## [", StringComparison.Ordinal))
            .Select(static line => line[4..line.IndexOf(']', StringComparison.Ordinal)]).Where(static version => version != "Unreleased").ToList();

        var told = File.ReadLines(Path.Combine(Chart.Folder, "UPGRADING.md")).Where(static line => line.StartsWith("## ", StringComparison.Ordinal)).Select(static line => line["## To ".Length..]);
        Assert.Empty(told.Except(versions.SkipLast(1)));
        var kinds = ((YamlSequenceNode)YamlFile.Parse(Manifest["annotations"]["artifacthub.io/changes"].ToString())).Select(static change => change["kind"].ToString());
        Assert.True(versions.Count > 1 || kinds.All(static kind => kind == "added"));
    }

    [Fact]
    public async Task Artifact_Hub_is_told_of_the_images_that_the_chart_installs()
    {
        var told = ((YamlSequenceNode)YamlFile.Parse(Manifest["annotations"]["artifacthub.io/images"].ToString())).Select(static image => image["image"].ToString());

        var deployment = (await Chart.RenderFileAsync("default-values.yaml"))[$"Deployment/{Chart.Release}"];
        var container = deployment["spec"]["template"]["spec"]["containers"][0];
        var gateway = ((YamlSequenceNode)container["args"]).Select(static argument => argument.ToString()).Single(static argument => argument.StartsWith("--gateway-image=", StringComparison.Ordinal));
        Assert.Equal([container["image"].ToString(), gateway["--gateway-image=".Length..]], told);
    }

    [Fact]
    public void Artifact_Hub_is_told_of_the_definitions_that_the_chart_installs()
    {
        var told = ((YamlSequenceNode)YamlFile.Parse(Manifest["annotations"]["artifacthub.io/crds"].ToString())).Select(static crd => $"{crd["name"]} {crd["kind"]} {crd["version"]}");

        var installed = Directory.EnumerateFiles(Path.Combine(Chart.Folder, "files", "crds", "plain")).Select(YamlFile.Read)
            .Select(static crd => $"{crd["metadata"]["name"]} {crd["spec"]["names"]["kind"]} {crd["spec"]["versions"][0]["name"]}");
        Assert.Equal(installed.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }
}
