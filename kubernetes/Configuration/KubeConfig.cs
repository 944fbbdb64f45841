using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Kubernetes.Configuration;

/// <summary>Clusters, users and contexts of one or more kubeconfig files; names are case-sensitive.</summary>
internal sealed class KubeConfig
{
    private readonly Dictionary<string, KubeConfigNode> _clusters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeConfigNode> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KubeConfigNode> _contexts = new(StringComparer.Ordinal);
    private readonly List<string> _files = [];

    public string? CurrentContext { get; private set; }

    public bool IsEmpty => CurrentContext is null && _clusters.Count + _users.Count + _contexts.Count == 0;

    public string Files => string.Join(", ", _files);

    public IEnumerable<string> ContextNames => _contexts.Keys;

    public KubeConfigNode? Cluster(string name) => _clusters.GetValueOrDefault(name);

    public KubeConfigNode? User(string name) => _users.GetValueOrDefault(name);

    public KubeConfigNode? Context(string name) => _contexts.GetValueOrDefault(name);

    /// <summary>Adds a file; what an earlier file has defined stays.</summary>
    public void Merge(string file, string text)
    {
        _files.Add(file);
        var root = Parse(file, text);
        if (root is null)
        {
            return;
        }

        CurrentContext ??= root.TextOrNone("current-context");
        AddNamed(root, "clusters", "cluster", _clusters);
        AddNamed(root, "users", "user", _users);
        AddNamed(root, "contexts", "context", _contexts);
    }

    private static KubeConfigNode? Parse(string file, string text)
    {
        try
        {
            var stream = new YamlStream();
            stream.Load(new StringReader(text));
            return stream.Documents.Count == 0 || KubeConfigNode.IsNull(stream.Documents[0].RootNode)
                ? null
                : new KubeConfigNode(
                    stream.Documents[0].RootNode as YamlMappingNode
                        ?? throw new KubernetesConfigurationException($"{file}: a kubeconfig must be a mapping."),
                    file,
                    "");
        }
        catch (YamlException exception)
        {
            // The parser's own message may quote the text, and with it a credential.
            throw new KubernetesConfigurationException(
                $"{file}: line {exception.Start.Line}, column {exception.Start.Column}: not valid YAML.");
        }
    }

    private static void AddNamed(KubeConfigNode root, string listKey, string key, Dictionary<string, KubeConfigNode> into)
    {
        foreach (var entry in root.Maps(listKey))
        {
            var name = entry.TextOrNone("name") ?? throw entry.Error("name is missing");
            if (entry.Map(key) is { } value)
            {
                into.TryAdd(name, value);
            }
        }
    }
}
