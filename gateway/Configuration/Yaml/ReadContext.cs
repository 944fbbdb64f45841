using YamlDotNet.Core;

namespace SentryOtel.Gateway.Configuration.Yaml;

/// <summary>What every reader of one file shares: the problems found so far and the sources of substituted values.</summary>
/// <param name="environment">An environment variable by name, null when unset.</param>
/// <param name="readFile">A file's text by path; throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.</param>
internal sealed class ReadContext(Func<string, string?> environment, Func<string, string> readFile)
{
    private readonly List<ConfigurationProblem> _problems = [];

    public Substitution Substitution { get; } = new(environment, readFile);

    /// <summary>A file that a key names; <paramref name="error"/> says why it can not be read.</summary>
    public string? ReadFile(string path, out string? error) => Substitution.File(path, out error);

    /// <summary>Every key that was asked for, by its path: the dialect, as far as it was read.</summary>
    public HashSet<string> KnownKeys { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// A file that a key names and that its user follows by itself, as a certificate: only checked here. A change of it is no change of the configuration.
    /// </summary>
    public static string? Peek(string path, out string? error)
    {
        try
        {
            error = null;
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error = $"the file {path} can not be read ({exception.GetType().Name})";
            return null;
        }
    }

    public bool HasErrors => _problems.Exists(problem => problem.IsError);

    /// <summary>Whether something is wrong with the value at a path.</summary>
    public bool HasErrorAt(string path) => _problems.Exists(problem => problem.IsError && problem.Path == path);

    /// <summary>All problems by their place in the file.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems => [.. _problems.Distinct().OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)];

    public void Error(Mark mark, string path, string message) => _problems.Add(new(true, mark.Line, mark.Column, path, message));

    public void Warning(Mark mark, string path, string message) => _problems.Add(new(false, mark.Line, mark.Column, path, message));
}
