using SentryOtel.Crds.Generator;
using SentryOtel.Testing;

namespace SentryOtel.Crds.Tests;

/// <summary>The committed definitions.</summary>
internal static class DefinitionFiles
{
    public static string Folder { get; } = RepositoryFiles.PathOf("crds");

    public static string Chart { get; } = RepositoryFiles.PathOf("charts/sentry-otel-operator");

    public static string Docs { get; } = RepositoryFiles.PathOf("docs");

    /// <summary>The chart's files, with CEL rules or without.</summary>
    public static IEnumerable<string> InChart(bool rules) =>
        Definitions.Files(Folder, Chart)
            .Select(file => file.Path)
            .Where(path => path.Contains(Path.Combine("files", "crds", rules ? "cel" : "plain"), StringComparison.Ordinal));
}
