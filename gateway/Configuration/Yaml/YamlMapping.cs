using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Gateway.Configuration.Yaml;

/// <summary>A mapping as it counts: with what its merge keys (<c>&lt;&lt;</c>) bring in.</summary>
internal static class YamlMapping
{
    /// <summary>The mapping's own entries in the order of the file, then those merged into it. An own key wins over a merged one, an earlier merged one over a later.</summary>
    public static IReadOnlyList<(YamlScalarNode Key, YamlNode Value)> Entries(YamlMappingNode mapping, Action<Mark, string> error)
    {
        var entries = new List<(YamlScalarNode Key, YamlNode Value)>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        var merges = new List<YamlNode>();
        foreach (var (key, value) in mapping.Children)
        {
            if (key is not YamlScalarNode { Value: { } name } scalar)
            {
                error(key.Start, "a key must be a single value.");
            }
            else if (name == "<<" && scalar.Style == ScalarStyle.Plain)
            {
                merges.AddRange(value is YamlSequenceNode list ? list.Children : [value]);
            }
            else
            {
                names.Add(name);
                entries.Add((scalar, value));
            }
        }

        foreach (var merged in merges)
        {
            if (merged is YamlMappingNode inherited)
            {
                entries.AddRange(Entries(inherited, error).Where(entry => names.Add(entry.Key.Value!)));
            }
            else
            {
                error(merged.Start, "what is merged with << must be a mapping, or a list of mappings.");
            }
        }

        return entries;
    }

    /// <summary>A key without a value.</summary>
    public static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };
}
