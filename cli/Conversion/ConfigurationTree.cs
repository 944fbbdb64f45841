using System.Globalization;
using SentryOtel.Gateway.Configuration.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Cli.Conversion;

/// <summary>A Collector's configuration whose every value is accounted for: carried over, or named.</summary>
internal sealed class ConfigurationTree
{
    private readonly Dictionary<string, YamlNode> _nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ResolvedText> _texts = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly HashSet<string> _carried = new(StringComparer.Ordinal);

    private ConfigurationTree(YamlMappingNode root, References references)
    {
        Root = root;
        Add(root, "", references, new HashSet<YamlNode>(ReferenceEqualityComparer.Instance));
    }

    /// <summary>The document, with its references resolved.</summary>
    public YamlMappingNode Root { get; }

    /// <summary>Values that need something that was not given, or took a default, by path in the order of the file.</summary>
    public IEnumerable<(string Path, ResolvedText Text)> Texts => _order.Where(_texts.ContainsKey).Select(path => (path, _texts[path]));

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="FormatException">It is not one YAML mapping; with the place, and without a value.</exception>
    public static ConfigurationTree Parse(string yaml, References references)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException exception)
        {
            // The parser's own message may quote the text.
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"line {exception.Start.Line}, column {exception.Start.Column}: not readable as YAML"));
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's way to fail at a plain value in an unclosed list.
            throw new FormatException("not readable as YAML: is a bracket or brace left open?");
        }

        return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root
            ? new ConfigurationTree(root, references)
            : throw new FormatException("a Collector's configuration is one mapping with receivers, exporters and service");
    }

    public bool Has(string path) => _nodes.ContainsKey(path);

    public YamlNode? Node(string path) => _nodes.GetValueOrDefault(path);

    /// <summary>The text of a value, ready for a Secret; null when there is none.</summary>
    public ResolvedText? Text(string path) => _texts.GetValueOrDefault(path);

    /// <summary>The keys of a mapping, in order.</summary>
    public IReadOnlyList<string> Keys(string path) => Node(path) is YamlMappingNode mapping
        ? [.. YamlMapping.Entries(mapping, static (_, _) => { }).Select(static entry => entry.Key.Value!)]
        : [];

    /// <summary>The texts of a list.</summary>
    public IReadOnlyList<string> List(string path) => Node(path) is YamlSequenceNode list
        ? [.. list.Children.OfType<YamlScalarNode>().Select(static item => item.Value ?? "")]
        : [];

    public long LineOf(string path) => Node(path)?.Start.Line ?? 0;

    /// <summary>A value, or all of a section, is accounted for.</summary>
    public void Take(string path) => _carried.Add(path);

    /// <summary>What is not accounted for: whole sections where nothing in them is, but never more than one component.</summary>
    public IEnumerable<string> Left()
    {
        var taken = _order.Where(IsTaken).ToHashSet(StringComparer.Ordinal);
        var reported = new HashSet<string>(StringComparer.Ordinal);
        foreach (var leaf in _order.Where(path => IsLeaf(path) && !taken.Contains(path)))
        {
            var path = Ancestors(leaf).FirstOrDefault(ancestor => Depth(ancestor) >= 2 && !taken.Any(other => IsUnder(other, ancestor)), leaf);
            if (reported.Add(path))
            {
                yield return path;
            }
        }
    }

    /// <summary>Whether a path is <paramref name="section"/> or lies below it.</summary>
    public static bool IsUnder(string path, string section) =>
        path.StartsWith(section, StringComparison.Ordinal) && (path.Length == section.Length || path[section.Length] is '.' or '[');

    private static int Depth(string path) => path.Count(static c => c == '.') + 1;

    // From the root down.
    private IEnumerable<string> Ancestors(string path) => _order.Where(other => IsUnder(path, other)).OrderBy(static other => other.Length);

    private bool IsTaken(string path) => _carried.Any(carried => IsUnder(path, carried));

    private bool IsLeaf(string path) => _nodes[path] switch
    {
        YamlMappingNode mapping => mapping.Children.Count == 0,
        YamlSequenceNode list => list.Children.All(static item => item is YamlScalarNode),
        _ => !path.EndsWith(']'),
    };

    private void Add(YamlNode node, string path, References references, HashSet<YamlNode> seen)
    {
        if (path.Length > 0 && _nodes.TryAdd(path, node))
        {
            _order.Add(path);
        }

        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in YamlMapping.Entries(mapping, static (_, _) => { }))
                {
                    Add(value, path.Length == 0 ? key.Value! : $"{path}.{key.Value}", references, seen);
                }

                break;
            case YamlSequenceNode list:
                for (var i = 0; i < list.Children.Count; i++)
                {
                    Add(list.Children[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), references, seen);
                }

                break;
            case YamlScalarNode scalar:
                // An anchored value is met again, and resolved by then.
                var text = seen.Add(scalar) ? references.Resolve(path, scalar.Value ?? "") : _texts.Values.FirstOrDefault(known => known.Read == scalar.Value);
                _texts[path] = text ?? references.Resolve(path, scalar.Value ?? "");
                scalar.Value = scalar.Value is null ? null : _texts[path].Read;
                break;
        }
    }
}
