using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Docs.Tests.Pages;
using SentryOtel.Testing;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Docs.Tests.Servers;

/// <summary>Manifests that people are shown.</summary>
/// <param name="Origin">Where: a file, or a page and its line.</param>
/// <param name="Yaml">One or several documents.</param>
internal sealed record ManifestText(string Origin, string Yaml)
{
    private const string OrganizationFields = "  orgSlug: my-organization\n  authTokenSecretRef: {name: sentry-token, key: token}\n";

    /// <summary>The files of examples/ that are for kubectl: those of the gateway and of helm have no kind.</summary>
    public static IReadOnlyList<ManifestText> Examples { get; } =
    [
        .. RepositoryPaths.All
            .Where(static path => path.StartsWith("examples/", StringComparison.Ordinal) && path.EndsWith(".yaml", StringComparison.Ordinal))
            // The demonstration fills its own set in.
            .Select(static path => new ManifestText(path, File.ReadAllText(RepositoryFiles.PathOf(path)).Replace("${SENTRY_ORG}", "my-organization", StringComparison.Ordinal)))
            .Where(static text => text.Yaml.Contains("\nkind: ", StringComparison.Ordinal)),
    ];

    /// <summary>
    /// Blocks of pages: whole manifests with a kind of ours, and parts of a SentryExporter, which begin with <c>spec:</c> and get the rest that it needs.
    /// </summary>
    public static IReadOnlyList<ManifestText> Blocks { get; } =
    [
        .. Page.All.SelectMany(static page => page.Blocks)
            .Where(static block => block.Language == "yaml")
            .Select(static block => new ManifestText(block.ToString(), Whole(block.Text)))
            .Where(static text => text.Yaml.Contains($"apiVersion: {SentryOtelGroup.Group}/", StringComparison.Ordinal)),
    ];

    /// <summary>Namespaces that documents name.</summary>
    public IReadOnlySet<string> Namespaces => YamlTree.Read(Yaml)
        .Select(static document => YamlTree.Find(document, "metadata.namespace")).OfType<YamlScalarNode>().Select(static node => node.Value!).ToHashSet(StringComparer.Ordinal);

    /// <summary>The documents, each as JSON of strings: what a server gives back must hold all of it.</summary>
    public IReadOnlyList<JsonObject> Documents => [.. YamlTree.Read(Yaml).Select(static document => (JsonObject)ToJson(document)!)];

    /// <summary>The documents of this product's kinds, as YAML.</summary>
    public IEnumerable<string> CustomResources => Yaml.Split("\n---\n").Where(static document => document.Contains($"apiVersion: {SentryOtelGroup.Group}/", StringComparison.Ordinal));

    public override string ToString() => Origin;

    private static string Whole(string block)
    {
        var text = string.Join('\n', block.Split('\n').SkipWhile(static line => line.StartsWith('#') || line.Length == 0));
        if (!text.StartsWith("spec:\n", StringComparison.Ordinal))
        {
            return block;
        }

        var rest = text["spec:\n".Length..];
        var isWhole = rest.Contains("\n  dsnSecretRef:", StringComparison.Ordinal) || rest.StartsWith("  dsnSecretRef:", StringComparison.Ordinal)
            || rest.Contains("  orgSlug:", StringComparison.Ordinal);
        return $"apiVersion: {SentryOtelGroup.Group}/v1alpha1\nkind: SentryExporter\nmetadata:\n  name: part\nspec:\n{(isWhole ? "" : OrganizationFields)}{rest}";
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(static pair => KeyValuePair.Create((string)pair.Key!, ToJson(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(ToJson)]),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new JsonException($"{node.NodeType} stands in no manifest."),
    };
}
