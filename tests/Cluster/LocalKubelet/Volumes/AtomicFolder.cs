namespace SentryOtel.Cluster.Volumes;

/// <summary>
/// A folder whose files change all at once, laid out as the kubelet does: the files are links through <c>..data</c>, a link that is
/// swapped to a new folder by rename(2). Programs may watch <c>..data</c>.
/// </summary>
internal sealed class AtomicFolder(string path)
{
    private const string Data = "..data";

    private IReadOnlyDictionary<string, byte[]>? _current;
    private int _generation;

    internal string Path { get; } = path;

    /// <summary>Makes the folder hold exactly these files; does nothing when it does already.</summary>
    /// <param name="files">Relative path (with <c>/</c>) to content.</param>
    internal void Write(IReadOnlyDictionary<string, byte[]> files)
    {
        if (_current is not null && Same(_current, files))
        {
            return;
        }
        Directory.CreateDirectory(Path);
        var previous = $"..{_generation}";
        var next = $"..{++_generation}";
        foreach (var (name, content) in files)
        {
            var file = System.IO.Path.Combine(Path, next, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, content);
        }
        Directory.CreateDirectory(System.IO.Path.Combine(Path, next));
        var link = System.IO.Path.Combine(Path, "..data_tmp");
        File.CreateSymbolicLink(link, next);
        Rename.Over(link, System.IO.Path.Combine(Path, Data));
        LinkEntries(files);
        if (_current is not null)
        {
            Directory.Delete(System.IO.Path.Combine(Path, previous), recursive: true);
        }
        _current = files;
    }

    private void LinkEntries(IReadOnlyDictionary<string, byte[]> files)
    {
        var wanted = files.Keys.Select(name => name.Split('/')[0]).ToHashSet();
        foreach (var name in wanted)
        {
            var entry = new FileInfo(System.IO.Path.Combine(Path, name));
            if (entry.LinkTarget is null)
            {
                entry.CreateAsSymbolicLink($"{Data}/{name}");
            }
        }
        foreach (var entry in Directory.EnumerateFileSystemEntries(Path))
        {
            var name = System.IO.Path.GetFileName(entry);
            if (!name.StartsWith("..", StringComparison.Ordinal) && !wanted.Contains(name))
            {
                File.Delete(entry);
            }
        }
    }

    private static bool Same(IReadOnlyDictionary<string, byte[]> one, IReadOnlyDictionary<string, byte[]> other) =>
        one.Count == other.Count
        && one.All(entry => other.TryGetValue(entry.Key, out var content) && entry.Value.AsSpan().SequenceEqual(content));
}
