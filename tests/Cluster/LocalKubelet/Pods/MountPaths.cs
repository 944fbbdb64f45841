using System.Text.RegularExpressions;

namespace SentryOtel.Cluster.Pods;

/// <summary>
/// Translates paths inside a container to the folders that its volumes are materialised in. A local process has no file system of
/// its own, so wherever a mount path stands in a command, an argument, an environment variable or a ConfigMap's file, the real
/// folder takes its place.
/// </summary>
internal sealed class MountPaths
{
    private readonly Dictionary<string, string> _targets;
    private readonly Regex? _pattern;

    /// <param name="mounts">Mount path to real path.</param>
    internal MountPaths(IEnumerable<KeyValuePair<string, string>> mounts)
    {
        _targets = mounts
            .Select(mount => KeyValuePair.Create(mount.Key.TrimEnd('/'), mount.Value))
            .Where(mount => mount.Key.Length > 0)
            .DistinctBy(mount => mount.Key)
            .ToDictionary();
        if (_targets.Count > 0)
        {
            // The longest first: one volume may be mounted inside another. All in one pass: a real folder may lie below a mount path
            // (/tmp). Not in the middle of a longer path or name: /etc/x is not part of /srv/etc/x or /etc/xy.
            var paths = string.Join('|', _targets.Keys.OrderByDescending(path => path.Length).Select(Regex.Escape));
            _pattern = new Regex($@"(?<![\w/.-])(?:{paths})(?![\w.-])", RegexOptions.CultureInvariant);
        }
    }

    internal string Translate(string text) => _pattern?.Replace(text, match => _targets[match.Value]) ?? text;
}
