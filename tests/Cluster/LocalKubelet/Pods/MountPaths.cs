using System.Text.RegularExpressions;

namespace SentryOtel.Cluster.Pods;

/// <summary>
/// Translates paths inside a container to the folders that its volumes are materialised in. A local process has no file system of
/// its own, so wherever a mount path stands in a command, an argument, an environment variable or a ConfigMap's file, the real
/// folder takes its place.
/// </summary>
internal sealed class MountPaths
{
    private readonly List<(Regex Pattern, string Target)> _mounts;

    /// <param name="mounts">Mount path to real path.</param>
    internal MountPaths(IEnumerable<KeyValuePair<string, string>> mounts) => _mounts =
    [
        // The longest first: one volume may be mounted inside another.
        .. from mount in mounts
           let path = mount.Key.TrimEnd('/')
           where path.Length > 0
           orderby path.Length descending
           // Not in the middle of a longer path or name: /etc/x does not match in /srv/etc/x or /etc/xy.
           select (new Regex($@"(?<![\w/.-]){Regex.Escape(path)}(?![\w.-])", RegexOptions.CultureInvariant), mount.Value),
    ];

    internal string Translate(string text)
    {
        foreach (var (pattern, target) in _mounts)
        {
            text = pattern.Replace(text, target.Replace("$", "$$", StringComparison.Ordinal));
        }
        return text;
    }
}
