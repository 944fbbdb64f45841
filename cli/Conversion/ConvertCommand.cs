using System.CommandLine;
using SentryOtel.Cli.CommandLine;
using SentryOtel.Cli.Terminal;

namespace SentryOtel.Cli.Conversion;

/// <summary><c>convert FILE</c>: from a Collector to the operator. Needs no cluster.</summary>
internal static class ConvertCommand
{
    private const string Stream = "-";

    public static Command Create(GlobalOptions options)
    {
        var file = GlobalOptions.NoOption(new Argument<string>("FILE") { Description = "The Collector's configuration; - reads standard input." });
        var name = new Option<string?>("--name") { Description = "Name of the SentryExporter. Default: the exporter's in the file.", HelpName = "NAME" };
        var variables = new Option<string[]>("--env") { Description = "The value of ${env:NAME} in the file. May be repeated.", HelpName = "NAME=VALUE", AllowMultipleArgumentsPerToken = false };
        var folder = new Option<string>("--out") { Description = "A folder for one file per SentryExporter; - is standard output.", HelpName = "FOLDER", DefaultValueFactory = static _ => Stream };
        var command = new Verb("convert", "Makes SentryExporters, Secrets and SentryProjectRoutes of an OpenTelemetry Collector's configuration.", """
            Reads exporters of type sentry, and of type otlphttp that lead to Sentry. The result goes to standard output; what could not be
            carried over, with what to do instead, to standard error. Neither the environment nor any other file is read.

            Examples:
              kubectl sentry-otel convert collector.yaml --name main --namespace observability > sentry.yaml
              kubectl sentry-otel convert collector.yaml --env SENTRY_ORG_SLUG=acme --out sentry/
            """)
        {
            file, name, variables, folder,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var screen = options.ScreenOf(parsed);
            var path = parsed.GetValue(file)!;
            var conversion = Convert(
                path,
                await ReadAsync(path, options.Environment, cancellationToken),
                new ConversionOptions(parsed.GetValue(name), options.NamespaceOf(parsed), Variables(parsed.GetValue(variables) ?? [])));
            await WriteAsync(conversion, parsed.GetValue(folder)!, screen, cancellationToken);
            foreach (var note in conversion.Notes)
            {
                screen.Note($"{path}:{note}");
            }

            screen.Note($"{conversion.Exporters.Count} SentryExporter(s), {conversion.Exporters.Sum(static exporter => exporter.Routes)} SentryProjectRoute(s); {conversion.Notes.Count} thing(s) to look at above.");
            return ExitCodes.Success;
        });
        return command;
    }

    private static Conversion Convert(string path, string yaml, ConversionOptions options)
    {
        try
        {
            return CollectorConverter.Convert(yaml, options) is { Exporters.Count: > 0 } conversion
                ? conversion
                : throw new CliException($"{path}: no pipeline leads to an exporter of type sentry, nor to one of type otlphttp with an address of Sentry's and the header x-sentry-auth: there is nothing to convert");
        }
        catch (FormatException exception)
        {
            throw new CliException($"{path}: {exception.Message}");
        }
    }

    private static async Task<string> ReadAsync(string path, CliEnvironment environment, CancellationToken cancellationToken)
    {
        try
        {
            return path == Stream ? await environment.Input.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path} can not be read: {exception.Message}");
        }
    }

    private static Dictionary<string, string> Variables(string[] pairs)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in pairs)
        {
            var parts = pair.Split('=', 2);
            variables[parts[0]] = parts.Length == 2 && parts[0].Length > 0 ? parts[1] : throw new CliException($"--env {parts[0]}: must be NAME=VALUE", ExitCodes.Usage);
        }

        return variables;
    }

    // It may hold a token.
    private static async Task WritePrivateAsync(string path, string text, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        await using var writer = new StreamWriter(path, options);
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }

    private static async Task WriteAsync(Conversion conversion, string folder, Screen screen, CancellationToken cancellationToken)
    {
        if (folder == Stream)
        {
            screen.Verbatim(string.Join("---\n", conversion.Exporters.Select(conversion.ToYaml)).TrimEnd('\n'));
            return;
        }

        try
        {
            Directory.CreateDirectory(folder);
            foreach (var exporter in conversion.Exporters)
            {
                var path = Path.Combine(folder, $"{exporter.Name}.yaml");
                await WritePrivateAsync(path, conversion.ToYaml(exporter), cancellationToken);
                screen.Verbatim(path);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{folder} can not be written: {exception.Message}");
        }
    }
}
