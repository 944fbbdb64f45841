using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests;

/// <summary>The chart, rendered by the real helm.</summary>
internal static class Chart
{
    public const string Release = "sentry-otel-operator";

    private const string Namespace = "sentry-system";

    private static readonly ClusterTools Tools = new(Directory.CreateTempSubdirectory("chart-tests-").FullName, "/dev/null");

    public static string Folder { get; } = RepositoryFiles.PathOf("charts/sentry-otel-operator");

    public static Task<CommandResult> TryHelmAsync(params string[] arguments) =>
        Tools.TryHelmAsync(arguments, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Renders the chart; the objects are keyed by "Kind/name", those of foreign namespaces by "Kind/namespace/name".</summary>
    public static async Task<IReadOnlyDictionary<string, YamlMappingNode>> RenderAsync(string kubeVersion, params string[] values)
    {
        var answer = await TryHelmAsync(["template", Release, Folder, "--namespace", Namespace, "--kube-version", kubeVersion, .. values.SelectMany(value => new[] { "--set", value })]);
        var stream = new YamlStream();
        stream.Load(new StringReader(answer.Succeeded("helm template")));
        return stream.Documents
            .Select(document => document.RootNode)
            .OfType<YamlMappingNode>()
            .ToDictionary(KeyOf, StringComparer.Ordinal);
    }

    private static string KeyOf(YamlMappingNode node)
    {
        var metadata = (YamlMappingNode)node["metadata"];
        var elsewhere = metadata.Children.TryGetValue("namespace", out var space) && space.ToString() != Namespace ? $"{space}/" : "";
        return $"{node["kind"]}/{elsewhere}{metadata["name"]}";
    }
}
