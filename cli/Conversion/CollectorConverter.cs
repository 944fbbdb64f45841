using System.Text.RegularExpressions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Readers;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Cli.Conversion;

/// <summary>A Collector's configuration as SentryExporters, Secrets and SentryProjectRoutes, and everything that there is to say about it. Reads no file and no environment.</summary>
internal sealed partial class CollectorConverter
{
    // Only what is bounded by a share of it depends on it, and none of that is carried over.
    private const long SomeMemory = 1L << 30;

    private readonly List<ConversionNote> _notes = [];
    private readonly References _references;
    private readonly ConfigurationTree _tree;
    private readonly ReadContext _context = new(static _ => null, static path => throw new FileNotFoundException("Files are not read.", path));
    private readonly ConversionOptions _options;

    private CollectorConverter(string yaml, ConversionOptions options)
    {
        _options = options;
        _references = new References(options.Variables);
        _tree = ConfigurationTree.Parse(yaml, _references);
    }

    /// <summary>Converts the text of a configuration.</summary>
    /// <exception cref="FormatException">It can not be read.</exception>
    public static Conversion Convert(string yaml, ConversionOptions options) => new CollectorConverter(yaml, options).Run();

    private Conversion Run()
    {
        var whole = new RootReader(new SectionReader(_tree.Root, "", _context), _context, SomeMemory).Read();
        var ids = _tree.Keys("exporters").Where(id => IsUsed(id, whole)).ToList();
        var exporters = new List<ConvertedExporter>();
        foreach (var id in ids.Where(static id => id.Split('/')[0] == "sentry"))
        {
            if (_tree.Text($"exporters.{id}.projects.source")?.Read == "kubernetes")
            {
                _notes.Add(new ConversionNote(_tree.LineOf($"exporters.{id}"), $"exporters.{id}", "is a gateway's configuration that an operator made: the SentryExporter is there already."));
                _tree.Take($"exporters.{id}");
                continue;
            }

            var exporter = new ConvertedExporter(NameOf(id, ids), _options.Namespace);
            new ExporterConversion(id, exporter, _tree, _context, Read(id), _notes).Run();
            new GatewayConversion(id, exporter, _tree, _context, whole).Run();
            exporters.Add(exporter);
        }

        foreach (var id in ids)
        {
            if (OtlpHttpConversion.TryRead(_tree, id, out var dsn))
            {
                exporters.Add(OfDsn(id, ids, dsn, whole));
            }
        }

        Account(exporters);
        return new Conversion(exporters, [.. _notes.Distinct().OrderBy(static note => note.Line).ThenBy(static note => note.Path, StringComparer.Ordinal)], _references.Placeholders);
    }

    private ConvertedExporter OfDsn(string id, List<string> ids, string dsn, GatewayConfiguration? whole)
    {
        var exporter = new ConvertedExporter(NameOf(id, ids), _options.Namespace);
        exporter.Spec.Set("dsnSecretRef", SpecBuilder.Reference(exporter.SecretName, ConvertedExporter.DsnKey));
        exporter.Secret(ConvertedExporter.DsnKey, dsn);
        _notes.Add(new ConversionNote(
            _tree.LineOf($"exporters.{id}"), $"exporters.{id}", $"sends everything to one project of Sentry's, and so does SentryExporter {exporter.Name}. With org_slug and a token instead of the DSN each service gets a project of its own."));
        new GatewayConversion(id, exporter, _tree, _context, whole).Run();
        return exporter;
    }

    // Without a service section the file is a piece of one: all that is in it is meant.
    private bool IsUsed(string id, GatewayConfiguration? whole) => whole is null
        || !_tree.Has("service.pipelines")
        || _tree.Keys("service.pipelines").Any(pipeline => _tree.List($"service.pipelines.{pipeline}.exporters").Contains(id));

    private ExporterConfiguration Read(string id)
    {
        var storages = _tree.Keys("extensions")
            .Where(static extension => extension.Split('/')[0] == "file_storage")
            .ToDictionary(static extension => extension, extension => FileStorageReader.Read(new SectionReader(_tree.Node($"extensions.{extension}")!, $"extensions.{extension}", _context)), StringComparer.Ordinal);
        return new ExporterReader(id, new SectionReader(_tree.Node($"exporters.{id}")!, $"exporters.{id}", _context), _context, storages).Read();
    }

    private string NameOf(string id, List<string> ids)
    {
        var suffix = id.Contains('/', StringComparison.Ordinal) ? id[(id.IndexOf('/', StringComparison.Ordinal) + 1)..] : "";
        var convertible = ids.Count(other => other.Split('/')[0] == "sentry" || OtlpHttpConversion.TryRead(_tree, other, out _));
        var name = _options.Name is null ? id : convertible < 2 || suffix.Length == 0 ? _options.Name : $"{_options.Name}-{suffix}";
        var legal = NotName().Replace(name.ToLowerInvariant(), "-").Trim('-');
        return legal.Length == 0 ? "sentry" : legal;
    }

    private void Account(List<ConvertedExporter> exporters)
    {
        if (exporters.Count > 0)
        {
            Pipelines();
        }

        foreach (var (path, text) in _tree.Texts)
        {
            // A value that is not carried over needs nothing.
            if (text.Missing.Count > 0 && !_tree.Left().Any(left => ConfigurationTree.IsUnder(path, left)))
            {
                _notes.Add(new ConversionNote(_tree.LineOf(path), path, $"put {string.Join(" and ", text.Missing)} into the result, where a comment says so; or give it with --env NAME=VALUE."));
            }
            else if (text.Defaulted.Count > 0 && !_tree.Left().Any(left => ConfigurationTree.IsUnder(path, left)))
            {
                _notes.Add(new ConversionNote(_tree.LineOf(path), path, $"{string.Join(", ", text.Defaulted)} is not given (--env NAME=VALUE): the default of the file is taken."));
            }
        }

        foreach (var path in _tree.Left().ToList())
        {
            _notes.Add(new ConversionNote(_tree.LineOf(path), path, WhyLeft(path)));
        }
    }

    private string WhyLeft(string path)
    {
        if (_context.Problems.Any(found => found.Path == path && !found.IsError && found.Message.Contains("uses it", StringComparison.Ordinal)))
        {
            return "not carried over: no pipeline uses it.";
        }

        // Files are not looked at here, so that the readers do not find any.
        var problem = _context.Problems
            .FirstOrDefault(found => ConfigurationTree.IsUnder(found.Path, path) && found.IsError && !found.Message.Contains("can not be read", StringComparison.Ordinal))?.Message.TrimEnd('.');
        var advice = Advice.For(path) ?? problem ?? "there is nothing like it in a SentryExporter";
        var wrong = problem is not null && advice != problem && path.StartsWith("exporters.sentry", StringComparison.Ordinal) ? $"{problem}; " : "";
        return advice.StartsWith(Advice.NothingToDo, StringComparison.Ordinal) ? $"{advice}." : $"not carried over: {wrong}{advice}.";
    }

    // What pipelines join is what a SentryExporter is: OTLP in, each service's project out.
    private void Pipelines()
    {
        _tree.Take("service.extensions");
        foreach (var id in _tree.Keys("service.pipelines"))
        {
            if (id.Split('/')[0] is "traces" or "logs" || _tree.List($"service.pipelines.{id}.exporters").Any(exporter => _tree.Has($"exporters.{exporter}.metrics.forward_to")))
            {
                _tree.Take($"service.pipelines.{id}");
            }
            else
            {
                _tree.Take($"service.pipelines.{id}");
                _notes.Add(new ConversionNote(
                    _tree.LineOf($"service.pipelines.{id}"),
                    $"service.pipelines.{id}",
                    "not carried over: Sentry takes spans and log records over OTLP. For metrics name an endpoint that takes them in spec.metrics.forwardTo; keep an OpenTelemetry Collector for the rest."));
            }
        }
    }

    [GeneratedRegex("[^a-z0-9-]+")]
    private static partial Regex NotName();
}

/// <summary>How to convert.</summary>
/// <param name="Name">Name of the exporter; null to take the component's id.</param>
/// <param name="Namespace">Null to leave it to whoever applies.</param>
/// <param name="Variables">Values of environment variables.</param>
internal sealed record ConversionOptions(string? Name, string? Namespace, IReadOnlyDictionary<string, string> Variables);

/// <summary>What came of it.</summary>
internal sealed record Conversion(IReadOnlyList<ConvertedExporter> Exporters, IReadOnlyList<ConversionNote> Notes, IReadOnlyDictionary<string, string> Placeholders)
{
    /// <summary>One document per manifest.</summary>
    public string ToYaml(ConvertedExporter exporter) => string.Join("---\n", exporter.Manifests().Select(manifest => ManifestText.Of(manifest, Placeholders)));
}
