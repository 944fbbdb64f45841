using YamlDotNet.RepresentationModel;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>Reads YAML.</summary>
internal static class YamlTree
{
    /// <summary>The documents of a text, without empty ones.</summary>
    public static IReadOnlyList<YamlMappingNode> Read(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(static document => document.RootNode).OfType<YamlMappingNode>()];
    }

    /// <summary>What stands at a path, <c>metadata.namespace</c>; null when nothing does.</summary>
    public static YamlNode? Find(YamlNode node, string path)
    {
        foreach (var part in path.Split('.'))
        {
            if (node is not YamlMappingNode map || !map.Children.TryGetValue(part, out var inner))
            {
                return null;
            }

            node = inner;
        }

        return node;
    }
}
