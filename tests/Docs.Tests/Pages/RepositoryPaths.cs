using SentryOtel.Testing;

namespace SentryOtel.Docs.Tests.Pages;

/// <summary>The files that people wrote.</summary>
internal static class RepositoryPaths
{
    private static readonly HashSet<string> Made = new(StringComparer.Ordinal) { "bin", "obj", "artifacts", ".git", "node_modules" };

    /// <summary>Their paths from the top, parts separated by <c>/</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Below(new DirectoryInfo(RepositoryFiles.Root)).Order(StringComparer.Ordinal)];

    /// <summary>Whether a file or folder is there.</summary>
    public static bool Exists(string path)
    {
        var whole = RepositoryFiles.PathOf(path.TrimEnd('/'));
        return File.Exists(whole) || Directory.Exists(whole);
    }

    private static IEnumerable<string> Below(DirectoryInfo folder) =>
        folder.EnumerateFiles().Select(static file => Path.GetRelativePath(RepositoryFiles.Root, file.FullName).Replace('\\', '/'))
            .Concat(folder.EnumerateDirectories().Where(static inner => !Made.Contains(inner.Name)).SelectMany(Below));
}
