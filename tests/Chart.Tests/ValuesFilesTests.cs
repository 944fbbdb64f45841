using SentryOtel.Testing;

namespace SentryOtel.Chart.Tests;

/// <summary>Every way of installing that <c>ci/</c> stands for.</summary>
[Trait("Category", "Processes")]
public sealed class ValuesFilesTests
{
    public static TheoryData<string> Files { get; } = [.. Chart.ValuesFiles];

    [Fact]
    public void The_ways_of_installing_that_people_ask_about_are_there()
    {
        Assert.Equal(
            ["default-values.yaml", "full-values.yaml", "high-availability-values.yaml", "minimal-values.yaml", "namespaced-values.yaml", "openshift-values.yaml"], Chart.ValuesFiles);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Helm_lint_strict_finds_nothing(string file)
    {
        var answer = await Chart.TryHelmAsync("lint", "--strict", Chart.Folder, "--values", Chart.PathOfValues(file));

        Assert.True(answer.ExitCode == 0, answer.Output + answer.Error);
        Assert.DoesNotContain("[WARNING]", answer.Output, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Every_pod_is_fit_for_the_restricted_level(string file)
    {
        var pods = Chart.Pods(await Chart.RenderFileAsync(file)).ToList();

        Assert.Equal(2, pods.Count);
        Assert.All(pods, static pod => Assert.Empty(PodSecurity.Violations(pod.Pod).Select(what => $"{pod.Object}: {what}")));
    }

    [Fact]
    public async Task On_OpenShift_no_pod_asks_for_a_user_and_gateways_neither()
    {
        var objects = await Chart.RenderFileAsync("openshift-values.yaml");

        Assert.All(Chart.Pods(objects), static pod => Assert.DoesNotContain("\"runAs", pod.Pod.ToJsonString().Replace("\"runAsNonRoot\"", "", StringComparison.Ordinal), StringComparison.Ordinal));
        Assert.Contains("--gateway-fixed-user=false", Assert.Single(Chart.Pods(objects), static pod => pod.Object.StartsWith("Deployment", StringComparison.Ordinal)).Pod.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rights_in_namespaces_need_nothing_of_the_cluster()
    {
        var objects = await Chart.RenderFileAsync("namespaced-values.yaml");

        Assert.DoesNotContain(objects.Keys, static key => key.StartsWith("Cluster", StringComparison.Ordinal) || key.StartsWith("CustomResource", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_full_file_names_every_value()
    {
        var full = (YamlDotNet.RepresentationModel.YamlMappingNode)YamlFile.Read(Chart.PathOfValues("full-values.yaml"));
        var all = (YamlDotNet.RepresentationModel.YamlMappingNode)YamlFile.Read(Path.Combine(Chart.Folder, "values.yaml"));

        Assert.Empty(all.Children.Keys.Except(full.Children.Keys).Select(static key => key.ToString()));
        Assert.NotEmpty(await Chart.RenderFileAsync("full-values.yaml"));
    }
}
