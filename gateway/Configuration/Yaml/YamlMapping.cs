using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Gateway.Configuration.Yaml;

/// <summary>A mapping as it counts: with what its merge keys (<c>&lt;&lt;</c>) bring in.</summary>
internal static class YamlMapping
{
    /// <summary>The entries in the order of the file. A key of the mapping itself wins over a merged one, an earlier merged one over a later.</summary>
    public static IReadOnlyList<(YamlScalarNode Key, YamlNode Value)> Entries(YamlMappingNode mapping, Action<Mark, string> error)
    {
        var entries = new List<(YamlScalarNode Key, YamlNode Value)>();
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        Add(mapping, isMerged: false);
        return entries;

        void Add(YamlMappingNode from, bool isMerged)
        {
            foreach (var (key, value) in from.Children)
            {
                if (key is not YamlScalarNode { Value: { } name } scalar)
                {
                    error(key.Start, "a key must be a single value.");
                }
                else if (name == "<<" && scalar.Style == ScalarStyle.Plain)
                {
                    Merge(value);
                }
                else if (!places.TryGetValue(name, out var place))
                {
                    places[name] = entries.Count;
                    entries.Add((scalar, value));
                }
                else if (!isMerged)
                {
                    entries[place] = (scalar, value);
                }
            }
        }

        void Merge(YamlNode value)
        {
            foreach (var merged in value is YamlSequenceNode list ? list.Children : [value])
            {
                if (merged is YamlMappingNode inherited)
                {
                    Add(inherited, isMerged: true);
                }
                else
                {
                    error(merged.Start, "what is merged with << must be a mapping, or a list of mappings.");
                }
            }
        }
    }

    /// <summary>A key without a value.</summary>
    public static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" };
}
