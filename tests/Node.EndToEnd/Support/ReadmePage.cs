using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd.Support;

/// <summary>What the README says to type, and the exporter that it has people apply.</summary>
internal sealed class ReadmePage
{
    private readonly IReadOnlyList<string> _commands;

    private ReadmePage(IReadOnlyList<string> commands, string exporter) => (_commands, Exporter) = (commands, exporter);

    /// <summary>exporter.yaml.</summary>
    public string Exporter { get; }

    /// <summary>All lines, in their order.</summary>
    public IReadOnlyList<string> Commands => _commands;

    public static ReadmePage Read()
    {
        var lines = File.ReadAllLines(RepositoryFiles.PathOf("README.md"));
        return new ReadmePage([.. Block(lines, "```", "helm install")], string.Join('\n', Block(lines, "```yaml", "apiVersion: sentry-otel.dev")) + "\n");
    }

    // The first block of a kind that begins so.
    private static IEnumerable<string> Block(string[] lines, string fence, string beginning)
    {
        var start = Enumerable.Range(1, lines.Length - 1).First(index => lines[index - 1] == fence && lines[index].StartsWith(beginning, StringComparison.Ordinal));
        return lines.Skip(start).TakeWhile(static line => line != "```");
    }
}
