namespace SentryOtel.Crds.Tests;

/// <summary>The files of the repository that the tests read.</summary>
internal static class RepositoryFiles
{
    public static string Root { get; } = FindRoot();

    public static string Definitions => Path.Combine(Root, "crds");

    public static string Chart => Path.Combine(Root, "charts", "sentry-otel-operator");

    /// <summary>The committed definitions, with CEL rules or without.</summary>
    public static IEnumerable<string> DefinitionFiles(bool rules) =>
        SentryOtel.Crds.Generator.Definitions.Files(Definitions, Chart)
            .Select(file => file.Path)
            .Where(path => path.Contains(Path.Combine("files", "crds", rules ? "cel" : "plain"), StringComparison.Ordinal));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SentryOtelOperator.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run within the repository.");
    }
}
