namespace SentryOtel.Testing;

/// <summary>Finds files of the repository that the running tests were built from.</summary>
public static class RepositoryFiles
{
    private const string Marker = "SentryOtelOperator.sln";

    /// <summary>The repository's top folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The path of a file or folder, given relative to the top, parts separated by <c>/</c>.</summary>
    public static string PathOf(string relative) => Path.Combine([Root, .. relative.Split('/')]);

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, Marker)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"{Marker} is in no folder above {AppContext.BaseDirectory}: run the tests from a clone.");
    }
}
