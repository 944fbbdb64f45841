using SentryOtel.Gateway.Configuration.Readers;
using SentryOtel.Gateway.Configuration.Yaml;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Gateway.Configuration;

/// <summary>
/// Reads a configuration in the OpenTelemetry Collector's YAML dialect. Every problem is found in one go and has its line.
/// </summary>
internal static class ConfigurationFile
{
    /// <summary>Reads the text of a file.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="environment">An environment variable by name, null when unset.</param>
    /// <param name="readFile">A referenced file's text by path.</param>
    /// <param name="availableMemory">Bytes that the process may use, for what is bounded by a share of them.</param>
    public static ConfigurationResult Read(string yaml, Func<string, string?> environment, Func<string, string> readFile, long availableMemory)
    {
        var context = new ReadContext(environment, readFile);
        if (Parse(yaml, context) is not { } root)
        {
            return new ConfigurationResult(null, context.Problems);
        }

        var top = new SectionReader(root, string.Empty, context);
        var configuration = new RootReader(top, context, availableMemory).Read();
        return new ConfigurationResult(
            context.HasErrors || configuration is null ? null : configuration with { Values = ValueHashes.Of(root, context) }, context.Problems)
        { KnownKeys = context.KnownKeys };
    }

    private static YamlNode? Parse(string yaml, ReadContext context)
    {
        var scanner = new Scanner(new StringReader(yaml));
        try
        {
            var stream = new YamlStream();
            stream.Load(new Parser(scanner));
            switch (stream.Documents.Count)
            {
                case 1:
                    return stream.Documents[0].RootNode;
                case 0:
                    context.Error(Mark.Empty, string.Empty, "the file is empty.");
                    return null;
                default:
                    context.Error(stream.Documents[1].RootNode.Start, string.Empty, "the file holds more than one document.");
                    return null;
            }
        }
        catch (YamlException exception)
        {
            context.Error(exception.Start, string.Empty, $"not readable as YAML: {exception.Message}");
            return null;
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's way to fail at a plain value in an unclosed list: the place is where it got to.
            context.Error(scanner.CurrentPosition, string.Empty, "not readable as YAML: is a bracket or brace before this place left open?");
            return null;
        }
    }
}

/// <summary>What reading a file gave.</summary>
/// <param name="Configuration">Null when there is an error among the problems.</param>
/// <param name="Problems">Errors and warnings by their place in the file.</param>
internal sealed record ConfigurationResult(GatewayConfiguration? Configuration, IReadOnlyList<ConfigurationProblem> Problems)
{
    /// <summary>Every key that was asked for, by its path.</summary>
    public IReadOnlySet<string> KnownKeys { get; init; } = new HashSet<string>();
}
