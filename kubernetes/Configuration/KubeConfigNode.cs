using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Kubernetes.Configuration;

/// <summary>One mapping of a kubeconfig, which knows the file it came from: errors name it, relative paths start there.</summary>
internal sealed class KubeConfigNode(YamlMappingNode node, string file, string path)
{
    public string File { get; } = file;

    public string Path { get; } = path;

    public string? Text(string key)
    {
        if (!node.Children.TryGetValue(new YamlScalarNode(key), out var value) || IsNull(value))
        {
            return null;
        }

        return value is YamlScalarNode scalar ? scalar.Value : throw Wrong(key, "a single value");
    }

    public string? TextOrNone(string key) => Text(key) is { Length: > 0 } text ? text : null;

    public bool Flag(string key) => Text(key) switch
    {
        null or "" => false,
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => throw Wrong(key, "true or false"),
    };

    /// <summary>A path, taken relative to the file's own directory.</summary>
    public string? FilePath(string key) => TextOrNone(key) is { } text ? Resolve(text) : null;

    public string Resolve(string relative) =>
        System.IO.Path.GetFullPath(relative, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(File))!);

    /// <summary>PEM text: base64 in <c>key-data</c> wins over a file in <c>key</c>.</summary>
    public PemSource? Pem(string key)
    {
        var dataKey = key + "-data";
        if (TextOrNone(dataKey) is { } data)
        {
            try
            {
                return PemSource.FromText(Encoding.UTF8.GetString(Convert.FromBase64String(data)));
            }
            catch (FormatException)
            {
                throw Wrong(dataKey, "base64");
            }
        }

        return FilePath(key) is { } file ? PemSource.FromFile(file) : null;
    }

    public KubeConfigNode? Map(string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) && !IsNull(value)
        ? new KubeConfigNode(value as YamlMappingNode ?? throw Wrong(key, "a mapping"), File, $"{Path}.{key}")
        : null;

    public IEnumerable<KubeConfigNode> Maps(string key) => Sequence(key).Select((item, index) =>
        new KubeConfigNode(
            item as YamlMappingNode ?? throw Wrong($"{key}[{index}]", "a mapping"),
            File,
            Path.Length == 0 ? $"{key}[{index}]" : $"{Path}.{key}[{index}]"));

    public IReadOnlyList<string> Texts(string key) =>
        [.. Sequence(key).Select(item => item is YamlScalarNode { Value: { } text } ? text : throw Wrong(key, "a list of strings"))];

    public IEnumerable<string> Keys => node.Children.Keys.OfType<YamlScalarNode>().Select(key => key.Value ?? "");

    public YamlNode Yaml => node;

    public KubernetesConfigurationException Wrong(string key, string expected) =>
        Error(string.Create(CultureInfo.InvariantCulture, $"{key} must be {expected}"));

    public KubernetesConfigurationException Error(string what) => new($"{File}: {(Path.Length == 0 ? "" : Path + ": ")}{what}.");

    internal static bool IsNull(YamlNode value) =>
        value is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };

    private IEnumerable<YamlNode> Sequence(string key) => node.Children.TryGetValue(new YamlScalarNode(key), out var value) && !IsNull(value)
        ? (value as YamlSequenceNode ?? throw Wrong(key, "a list")).Children
        : [];
}
