using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.Cluster;
using SentryOtel.Cluster.Processes;
using SentryOtel.Testing;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Chart.Tests;

/// <summary>The chart, rendered by the real helm.</summary>
internal static class Chart
{
    public const string Release = "sentry-otel-operator";

    /// <summary>Where the tests install it.</summary>
    public const string Namespace = "sentry-system";

    /// <summary>The API of the Prometheus operator, as helm is told of it.</summary>
    public const string Monitoring = "monitoring.coreos.com/v1";

    private static readonly ClusterTools Tools = new(Directory.CreateTempSubdirectory("chart-tests-").FullName, "/dev/null");

    public static string Folder { get; } = RepositoryFiles.PathOf("charts/sentry-otel-operator");

    /// <summary>The values files of <c>ci/</c>: what people do with the chart.</summary>
    public static IReadOnlyList<string> ValuesFiles { get; } =
        [.. Directory.EnumerateFiles(Path.Combine(Folder, "ci"), "*-values.yaml").Select(static path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public static string PathOfValues(string file) => Path.Combine(Folder, "ci", file);

    public static Task<CommandResult> TryHelmAsync(params string[] arguments) =>
        Tools.TryHelmAsync(arguments, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>Renders the chart with single values; the objects are keyed by "Kind/name", those of foreign namespaces by "Kind/namespace/name".</summary>
    public static Task<IReadOnlyDictionary<string, YamlMappingNode>> RenderAsync(string kubeVersion, params string[] values) =>
        RenderWithAsync(["--kube-version", kubeVersion, .. values.SelectMany(value => new[] { "--set", value })]);

    /// <summary>Renders the chart with one of the files of <c>ci/</c>, for a cluster that has the Prometheus operator.</summary>
    public static Task<IReadOnlyDictionary<string, YamlMappingNode>> RenderFileAsync(string file, params string[] arguments) =>
        RenderWithAsync(["--values", PathOfValues(file), "--api-versions", Monitoring, .. arguments]);

    /// <summary>What helm refuses to render, as it says so.</summary>
    public static async Task<string> RefusalAsync(params string[] arguments)
    {
        var answer = await TryHelmAsync(["template", Release, Folder, "--namespace", Namespace, .. arguments]);
        Assert.NotEqual(0, answer.ExitCode);
        return answer.Error;
    }

    /// <summary>The specs of all pods among rendered objects, by object.</summary>
    public static IEnumerable<(string Object, JsonNode Pod)> Pods(IReadOnlyDictionary<string, YamlMappingNode> objects)
    {
        foreach (var (key, manifest) in objects)
        {
            if (key.StartsWith("Pod/", StringComparison.Ordinal))
            {
                yield return (key, ToJson(manifest["spec"])!);
            }
            else if (key.StartsWith("Deployment/", StringComparison.Ordinal))
            {
                yield return (key, ToJson(manifest["spec"]["template"]["spec"])!);
            }
        }
    }

    /// <summary>YAML as JSON; plain scalars become numbers, booleans and nulls.</summary>
    public static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(static pair => KeyValuePair.Create(pair.Key.ToString(), ToJson(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar => scalar.Value switch
        {
            null or "" or "~" or "null" => null,
            "true" => true,
            "false" => false,
            var text when int.TryParse(text, CultureInfo.InvariantCulture, out var number) => number,
            var text => text,
        },
        YamlScalarNode scalar => scalar.Value,
        _ => throw new ArgumentException($"{node.NodeType} has no form in JSON.", nameof(node)),
    };

    private static async Task<IReadOnlyDictionary<string, YamlMappingNode>> RenderWithAsync(string[] arguments)
    {
        var answer = await TryHelmAsync(["template", Release, Folder, "--namespace", Namespace, .. arguments]);
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
