using System.Security.Cryptography;
using System.Text;

namespace SentryOtel.Gateway.Configuration;

/// <summary>
/// The configuration's file, and the files that it names. Changes are told by content: a mounted ConfigMap or Secret changes by a symbolic link that points elsewhere,
/// with whatever times.
/// </summary>
/// <param name="path">Of the configuration.</param>
/// <param name="environment">An environment variable by name, null when unset.</param>
/// <param name="availableMemory">Bytes that the process may use.</param>
internal sealed class ConfigurationSource(string path, Func<string, string?> environment, long availableMemory)
{
    private HashSet<string> _files = [path];

    /// <summary>Reads and checks everything.</summary>
    public LoadedConfiguration Load()
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        ConfigurationResult result;
        try
        {
            var text = ReadFile(path);
            result = ConfigurationFile.Read(text, environment, ReadFile, availableMemory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            read[path] = Unreadable(exception);
            result = new ConfigurationResult(null, [new ConfigurationProblem(true, 0, 0, string.Empty, $"the file can not be read ({exception.GetType().Name})")]);
        }

        _files = [path, .. read.Keys];
        return new LoadedConfiguration(path, result, Sum(read));

        string ReadFile(string name)
        {
            try
            {
                var text = File.ReadAllText(name);
                read[name] = text;
                return text;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                read[name] = Unreadable(exception);
                throw;
            }
        }
    }

    /// <summary>What the files of the last <see cref="Load"/> hold now, to compare with <see cref="LoadedConfiguration.Content"/>.</summary>
    public string Look()
    {
        var read = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in _files)
        {
            try
            {
                read[name] = File.ReadAllText(name);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                read[name] = Unreadable(exception);
            }
        }

        return Sum(read);
    }

    // No text can be taken for it: a NUL is in no file that parses.
    private static string Unreadable(Exception exception) => "\0" + exception.GetType().Name;

    private static string Sum(Dictionary<string, string> read)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, text) in read.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}

/// <summary>What <see cref="ConfigurationSource.Load"/> read.</summary>
/// <param name="Path">The file.</param>
/// <param name="Result">The configuration, or what is wrong with it.</param>
/// <param name="Content">A hash of all that was read.</param>
internal sealed record LoadedConfiguration(string Path, ConfigurationResult Result, string Content)
{
    /// <summary>Problems as lines: the file, the place, what is wrong.</summary>
    public IEnumerable<string> Lines(bool errors) => Result.Problems.Where(problem => problem.IsError == errors).Select(problem => $"{Path}:{problem}");
}
