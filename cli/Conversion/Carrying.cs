using System.Text.Json.Nodes;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Cli.Conversion;

/// <summary>The one step that most of a conversion is made of.</summary>
internal static class Carrying
{
    /// <summary>Sets a field when the configuration says something of it that the readers took; says whether it does.</summary>
    public static bool Carry(ConfigurationTree tree, ReadContext context, SpecBuilder spec, string path, string field, JsonNode? value)
    {
        if (!tree.Has(path) || context.HasErrorAt(path) || value is null)
        {
            return false;
        }

        tree.Take(path);
        spec.Set(field, value);
        return true;
    }
}
