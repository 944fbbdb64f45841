using System.Globalization;
using SentryOtel.Gateway.Configuration.Values;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Gateway.Configuration.Yaml;

/// <summary>
/// One mapping of the file. Whoever reads it asks for each key that it knows; <see cref="Finish"/> then reports every key that
/// nobody asked for, so that nothing is ignored silently.
/// </summary>
internal sealed class SectionReader
{
    private readonly Dictionary<string, (YamlScalarNode Key, YamlNode Value)> _entries = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly ReadContext _context;

    public SectionReader(YamlNode node, string path, ReadContext context)
    {
        Mark = node.Start;
        Path = path;
        _context = context;
        if (node is YamlMappingNode mapping)
        {
            foreach (var (key, value) in YamlMapping.Entries(mapping, (mark, message) => context.Error(mark, path, message)))
            {
                _entries[key.Value!] = (key, value);
            }
        }
        else if (!YamlMapping.IsNull(node))
        {
            context.Error(node.Start, path, "must be a mapping of keys to values.");
        }
    }

    /// <summary>The keys from the root.</summary>
    public string Path { get; }

    /// <summary>Where the section starts.</summary>
    public Mark Mark { get; }

    /// <summary>The keys in the order of the file.</summary>
    public IEnumerable<string> Keys => _entries.Keys;

    public bool Has(string key)
    {
        Know(key);
        return _entries.ContainsKey(key);
    }

    /// <summary>The value after substitution; null when the key is absent, empty, or in error.</summary>
    public string? Text(string key)
    {
        Know(key);
        if (!_entries.TryGetValue(key, out var entry) || YamlMapping.IsNull(entry.Value))
        {
            return null;
        }

        return Scalar(entry.Value, Join(key));
    }

    /// <summary>The section under a key; an absent key gives null, a key without value an empty section.</summary>
    public SectionReader? Section(string key)
    {
        Know(key);
        return _entries.TryGetValue(key, out var entry) ? new SectionReader(entry.Value, Join(key), _context) : null;
    }

    /// <summary>Whether the value is a list.</summary>
    public bool IsList(string key) => _entries.TryGetValue(key, out var entry) && entry.Value is YamlSequenceNode;

    /// <summary>The elements of a list of sections.</summary>
    public IEnumerable<SectionReader> Sections(string key)
    {
        var index = 0;
        foreach (var node in Items(key))
        {
            yield return new SectionReader(node, string.Create(CultureInfo.InvariantCulture, $"{Join(key)}[{index++}]"), _context);
        }
    }

    /// <summary>The elements of a list of scalars, each with its place.</summary>
    public IReadOnlyList<(string Value, Mark Mark)> List(string key)
    {
        var values = new List<(string, Mark)>();
        foreach (var node in Items(key))
        {
            if (Scalar(node, Join(key)) is { } value)
            {
                values.Add((value, node.Start));
            }
        }

        return values;
    }

    /// <summary>A mapping of free keys to texts. Every problem names the key's line.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key)
    {
        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        if (Section(key) is { } section)
        {
            foreach (var name in section.Keys.ToArray())
            {
                map[name] = section.Text(name) ?? string.Empty;
            }
        }

        return map;
    }

    /// <summary>Accepts keys of the Collector that have no meaning here, with one warning each.</summary>
    public void Ignore(string why, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Has(key))
            {
                Warning(key, why);
            }
        }
    }

    /// <summary>Refuses keys of the Collector that can not be served; <paramref name="why"/> says what to do instead.</summary>
    public void Refuse(string why, params ReadOnlySpan<string> keys)
    {
        foreach (var key in keys)
        {
            if (Has(key))
            {
                Error(key, why);
            }
        }
    }

    /// <summary>Refuses keys that are part of the dialect and have no code behind them yet.</summary>
    public void NotSupportedYet(params ReadOnlySpan<string> keys) => Refuse("not supported yet; remove it.", keys);

    /// <summary>Whether something is wrong with a value that was read: saying that it is missing would only confuse.</summary>
    public bool HasError(string key) => _context.HasErrorAt(Join(key));

    public void Error(string key, string message) => _context.Error(MarkOf(key), Join(key), message);

    public void Warning(string key, string message) => _context.Warning(MarkOf(key), Join(key), message);

    public void ErrorAt(Mark mark, string key, string message) => _context.Error(mark, Join(key), message);

    /// <summary>Reports every key that was not asked for.</summary>
    public void Finish()
    {
        foreach (var key in _entries.Keys.Where(key => !_known.Contains(key)))
        {
            Error(key, $"unknown key.{NearMiss.Hint(key, _known)}");
        }
    }

    private void Know(string key)
    {
        _known.Add(key);
        _context.KnownKeys.Add(Join(key));
    }

    private Mark MarkOf(string key) => _entries.TryGetValue(key, out var entry) ? entry.Key.Start : Mark;

    private string Join(string key) => Path.Length == 0 ? key : $"{Path}.{key}";

    private IEnumerable<YamlNode> Items(string key)
    {
        Know(key);
        if (!_entries.TryGetValue(key, out var entry) || YamlMapping.IsNull(entry.Value))
        {
            return [];
        }

        if (entry.Value is YamlSequenceNode sequence)
        {
            return sequence.Children;
        }

        Error(key, "must be a list.");
        return [];
    }

    private string? Scalar(YamlNode node, string path)
    {
        if (node is not YamlScalarNode scalar)
        {
            _context.Error(node.Start, path, "must be a single value.");
            return null;
        }

        var value = _context.Substitution.Apply(scalar.Value ?? string.Empty, out var error);
        if (error is not null)
        {
            _context.Error(node.Start, path, $"{error}.");
        }

        return value;
    }
}
