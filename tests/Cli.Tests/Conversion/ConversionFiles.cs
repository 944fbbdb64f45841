using SentryOtel.Cli.Conversion;
using SentryOtel.Testing;

namespace SentryOtel.Cli.Tests.Conversion;

/// <summary>Configurations that are converted, and what they become.</summary>
internal static class ConversionFiles
{
    public static TheoryData<string> Names => ["otelcol-migration", "two-organisations", "otlphttp"];

    public static Cli.Conversion.Conversion Convert(string name, params (string Name, string Value)[] variables) => CollectorConverter.Convert(
        Read(name), new ConversionOptions(name == "otelcol-migration" ? "main" : null, "observability", variables.ToDictionary(static pair => pair.Name, static pair => pair.Value)));

    public static string Read(string name) => File.ReadAllText(PathOf(name));

    public static string PathOf(string name) => RepositoryFiles.PathOf(name == "otelcol-migration" ? "examples/otelcol-migration.yaml" : $"tests/Cli.Tests/Conversion/Inputs/{name}.yaml");

    public static string Yaml(Cli.Conversion.Conversion conversion) => string.Join("---\n", conversion.Exporters.Select(conversion.ToYaml));
}
