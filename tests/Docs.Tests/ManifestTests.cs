using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.Docs.Tests.Pages;
using SentryOtel.Docs.Tests.Servers;
using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests;

/// <summary>A real API server takes every manifest that people are shown, keeps every field of it, and the operator finds nothing wrong with it.</summary>
[Trait("Category", "Processes")]
public sealed class ManifestTests(ControlPlaneFixture fixture) : IClassFixture<ControlPlaneFixture>
{
    private readonly ClusterTools _tools = fixture.ControlPlane.Tools;

    public static TheoryData<string> Examples => [.. ManifestText.Examples.Select(static text => text.Origin)];

    public static TheoryData<string> Blocks => [.. ManifestText.Blocks.Select(static text => text.Origin)];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Server_takes_every_example(string origin)
    {
        var example = ManifestText.Examples.Single(text => text.Origin == origin);
        var @namespace = "example-" + Guid.NewGuid().ToString("n")[..8];
        await CreateNamespacesAsync([@namespace, .. example.Namespaces.Except(NamespacesIn(example))]);

        // In a namespace of its own, unless it says where it belongs.
        var applied = await _tools.TryKubectlAsync(
            ["apply", "--validate=false", .. Where(example, @namespace), "--output=json", "--filename", "-"], example.Yaml, Cancellation);

        AssertTaken(example, applied);
        // The namespaces that examples name are those of other examples and of pages.
        foreach (var used in (string[])[@namespace, .. example.Namespaces])
        {
            await _tools.KubectlAsync(["delete", "secrets,configmaps,deployments,sentryexporters,sentryprojectroutes", "--all", "--namespace", used], null, Cancellation);
        }
    }

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Server_would_take_every_block(string origin)
    {
        var block = ManifestText.Blocks.Single(text => text.Origin == origin);
        await CreateNamespacesAsync(block.Namespaces);

        var created = await _tools.TryKubectlAsync(
            ["create", "--validate=false", "--dry-run=server", "--output=json", "--filename", "-"], block.Yaml, Cancellation);

        AssertTaken(block, created);
    }

    [Fact]
    public void Every_example_says_when_to_use_it()
    {
        var examples = RepositoryPaths.All.Where(static path => path.StartsWith("examples/", StringComparison.Ordinal) && path.EndsWith(".yaml", StringComparison.Ordinal)
            && !path.StartsWith("examples/quick-start/", StringComparison.Ordinal) && path != "examples/otelcol-migration.yaml");

        Assert.All(examples, static path => Assert.StartsWith("# When: ", File.ReadAllText(RepositoryFiles.PathOf(path)), StringComparison.Ordinal));
        Assert.All(examples, static path => Assert.Contains($"]({path["examples/".Length..]})", File.ReadAllText(RepositoryFiles.PathOf("examples/README.md")), StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chart_takes_the_values_of_the_examples()
    {
        foreach (var values in RepositoryPaths.All.Where(static path => path.StartsWith("examples/", StringComparison.Ordinal) && path.EndsWith("/values.yaml", StringComparison.Ordinal)))
        {
            var rendered = await _tools.HelmAsync(
                ["template", "test", RepositoryFiles.PathOf("charts/sentry-otel-operator"), "--values", RepositoryFiles.PathOf(values)], null, Cancellation);

            Assert.DoesNotContain("kind: ClusterRole", rendered, StringComparison.Ordinal);
        }
    }

    private static string[] Where(ManifestText example, string @namespace) => example.Namespaces.Count == 0 ? ["--namespace", @namespace] : [];

    private static IEnumerable<string> NamespacesIn(ManifestText example) =>
        example.Documents.Where(static document => (string?)document["kind"] == "Namespace").Select(static document => (string)document["metadata"]!["name"]!);

    private static void AssertTaken(ManifestText text, CommandResult result)
    {
        Assert.True(result.ExitCode == 0, result.Error);
        var (sent, kept) = (text.Documents, Answers.Read(result.Output));
        Assert.Equal(sent.Count, kept.Count);
        for (var i = 0; i < sent.Count; i++)
        {
            Assert.Empty(Answers.Lost(sent[i], kept[i]));
            Assert.Empty(Answers.Invalid(kept[i]));
        }
    }

    private async Task CreateNamespacesAsync(IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            var created = await _tools.TryKubectlAsync(["create", "namespace", name], null, Cancellation);
            Assert.True(created.ExitCode == 0 || created.Error.Contains("AlreadyExists", StringComparison.Ordinal), created.Error);
        }
    }
}
