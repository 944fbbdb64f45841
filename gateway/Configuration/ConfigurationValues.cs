using System.Collections.Frozen;

namespace SentryOtel.Gateway.Configuration;

/// <summary>
/// Every value of a configuration by its path, as a hash: after substitution, and with the content of the files that it names. Tells what two configurations differ in
/// without keeping a secret.
/// </summary>
/// <param name="hashes">Path to hash.</param>
internal sealed class ConfigurationValues(IReadOnlyDictionary<string, string> hashes)
{
    private readonly FrozenDictionary<string, string> _hashes = hashes.ToFrozenDictionary(StringComparer.Ordinal);

    public static ConfigurationValues None { get; } = new(new Dictionary<string, string>());

    /// <summary>What is not the same in <paramref name="next"/>.</summary>
    public ConfigurationChange To(ConfigurationValues next) => new([.. _hashes.Keys.Union(next._hashes.Keys)
        .Where(path => _hashes.GetValueOrDefault(path) != next._hashes.GetValueOrDefault(path))
        .Order(StringComparer.Ordinal)]);
}

/// <summary>What differs between two configurations.</summary>
/// <param name="Paths">Of the values that changed, came or went; in order.</param>
internal sealed record ConfigurationChange(IReadOnlyList<string> Paths)
{
    public bool IsEmpty => Paths.Count == 0;

    /// <summary>Whether the value at a path, or one below it, is another.</summary>
    public bool Touches(string path) => Paths.Any(changed => IsUnder(changed, path));

    /// <summary>Whether one of the <paramref name="keys"/> of a section is another.</summary>
    public bool Touches(string section, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Touches($"{section}.{key}"))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a path is <paramref name="section"/> or lies below it.</summary>
    public static bool IsUnder(string path, string section) =>
        path.StartsWith(section, StringComparison.Ordinal) && (path.Length == section.Length || path[section.Length] is '.' or '[');
}
