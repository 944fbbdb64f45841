using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Gateway.Configuration.Yaml;

/// <summary>Makes the <see cref="ConfigurationValues"/> of a file.</summary>
internal static class ValueHashes
{
    /// <summary>Of every value below <paramref name="root"/>. Called when all was read, so that the files are known that values name.</summary>
    public static ConfigurationValues Of(YamlNode root, ReadContext context)
    {
        var hashes = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(root, string.Empty);
        return new ConfigurationValues(hashes);

        void Add(YamlNode node, string path)
        {
            switch (node)
            {
                case YamlMappingNode mapping:
                    // A section counts without a value below it, too.
                    hashes[path] = "mapping";
                    foreach (var (key, value) in YamlMapping.Entries(mapping, static (_, _) => { }))
                    {
                        Add(value, path.Length == 0 ? key.Value! : $"{path}.{key.Value}");
                    }

                    break;
                case YamlSequenceNode sequence:
                    for (var i = 0; i < sequence.Children.Count; i++)
                    {
                        Add(sequence.Children[i], string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
                    }

                    break;
                case YamlScalarNode scalar:
                    var text = context.Substitution.Apply(scalar.Value ?? string.Empty, out _) ?? string.Empty;
                    hashes[path] = Hash(text + "\0" + context.Substitution.ContentOf(text));
                    break;
            }
        }
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
