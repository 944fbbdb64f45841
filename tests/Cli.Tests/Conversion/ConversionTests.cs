using System.Text.Json;
using SentryOtel.Cli.Conversion;
using SentryOtel.Crds;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Cli.Tests.Conversion;

public sealed class ConversionTests
{
    private const string Token = "sntryi_0123456789abcdef";

    public static TheoryData<string> Names => ConversionFiles.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_resource_passes_the_operators_own_validation(string name)
    {
        foreach (var manifest in ConversionFiles.Convert(name).Exporters.SelectMany(static exporter => exporter.Manifests()))
        {
            var spec = manifest["spec"];
            var errors = (string?)manifest["kind"] switch
            {
                "SentryExporter" => SentryExporterValidator.Validate(spec.Deserialize(CrdJsonContext.Default.SentryExporterSpec)!),
                "SentryProjectRoute" => SentryProjectRouteValidator.Validate(spec.Deserialize(CrdJsonContext.Default.SentryProjectRouteSpec)!),
                _ => [],
            };
            Assert.Empty(errors);
        }
    }

    [Fact]
    public void A_token_in_the_file_goes_into_the_Secret_alone_and_is_warned_about()
    {
        var conversion = ConversionFiles.Convert("two-organisations");

        var holders = conversion.Exporters.SelectMany(static exporter => exporter.Manifests()).Where(static manifest => manifest.ToJsonString().Contains(Token, StringComparison.Ordinal));
        Assert.Equal("Secret", (string?)Assert.Single(holders)["kind"]);
        Assert.DoesNotContain(conversion.Notes, static note => note.Message.Contains(Token, StringComparison.Ordinal));
        Assert.Contains(conversion.Notes, static note => note is { Path: "exporters.sentry/eu.auth_token", Message: var message } && message.Contains("plain text", StringComparison.Ordinal));
    }

    [Fact]
    public void A_variable_that_was_given_takes_the_place_of_its_reference()
    {
        var conversion = ConversionFiles.Convert("otelcol-migration", ("SENTRY_ORG_SLUG", "acme"), ("SENTRY_AUTH_TOKEN", "t$$en"), ("SENTRY_URL", "https://sentry.example.com"));
        var yaml = ConversionFiles.Yaml(conversion);

        Assert.Contains("orgSlug: acme\n", yaml, StringComparison.Ordinal);
        Assert.Contains("url: 'https://sentry.example.com'\n", yaml, StringComparison.Ordinal);
        Assert.Contains("token: t$$en\n", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("# put", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void A_setting_nobody_thought_of_is_named()
    {
        var conversion = CollectorConverter.Convert(
            """
            exporters:
              sentry:
                url: https://sentry.io
                org_slug: acme
                auth_token: t
                routing: {invented: true}
                http: {max_conns_per_host: 5}
            """,
            new ConversionOptions(null, null, new Dictionary<string, string>()));

        Assert.Equal(
            ["exporters.sentry.auth_token", "exporters.sentry.http", "exporters.sentry.routing"],
            conversion.Notes.Select(static note => note.Path).Order(StringComparer.Ordinal));
        Assert.Contains("unknown key", conversion.Notes.Single(static note => note.Path == "exporters.sentry.routing").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_that_is_spoilt_changes_the_result_or_is_named()
    {
        var text = ConversionFiles.Read("two-organisations");
        var before = Everything(ConversionFiles.Convert("two-organisations"));
        var named = ConversionFiles.Convert("two-organisations").Notes.Select(static note => note.Path).ToList();
        var tree = ConfigurationTree.Parse(text, new References(new Dictionary<string, string>()));
        var lines = text.Split('\n');
        foreach (var (path, _) in tree.Texts)
        {
            var (line, column) = ((int)tree.Node(path)!.Start.Line - 1, (int)tree.Node(path)!.Start.Column - 1);
            if (named.Exists(note => ConfigurationTree.IsUnder(path, note)) || column >= lines[line].Length || path.StartsWith("service.", StringComparison.Ordinal) || IsDefault(path))
            {
                continue;
            }

            var value = lines[line][column..];
            string[] spoilt = [.. lines];
            spoilt[line] = lines[line][..column] + (char.IsAsciiDigit(value[0]) && !value.Contains(':', StringComparison.Ordinal) ? $"7{value}" : value.StartsWith("true", StringComparison.Ordinal) ? "false" : $"x{value}");
            var after = Everything(CollectorConverter.Convert(string.Join('\n', spoilt), new ConversionOptions(null, "observability", new Dictionary<string, string>())));

            Assert.True(before != after, $"{path}: a spoilt value is neither in the result nor named");
        }

        // Values that say what a SentryExporter does anyway.
        static bool IsDefault(string path) => path.EndsWith(']') || path.EndsWith("sending_queue.enabled", StringComparison.Ordinal);

        static string Everything(Cli.Conversion.Conversion conversion) => ConversionFiles.Yaml(conversion) + string.Concat(conversion.Notes);
    }

    [Theory]
    [InlineData("exporters: [", "not readable as YAML")]
    [InlineData("- a", "one mapping")]
    [InlineData("", "one mapping")]
    public void What_is_no_configuration_is_refused_with_the_reason(string yaml, string reason)
    {
        var exception = Assert.Throws<FormatException>(() => CollectorConverter.Convert(yaml, new ConversionOptions(null, null, new Dictionary<string, string>())));

        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_configuration_without_Sentry_ends_with_1_and_says_what_was_looked_for()
    {
        var run = await CliRun.OfAsync(["convert", "-"], "exporters: {debug: {}}");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("otlphttp", run.Error, StringComparison.Ordinal);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Files_are_written_for_their_owner_alone()
    {
        var folder = Directory.CreateTempSubdirectory("convert-");
        try
        {
            var run = await CliRun.OfAsync(["convert", ConversionFiles.PathOf("two-organisations"), "--out", folder.FullName]);

            Assert.Equal(0, run.ExitCode);
            var files = folder.GetFiles().OrderBy(static file => file.Name, StringComparer.Ordinal).ToList();
            Assert.Equal(["sentry-eu.yaml", "sentry-us.yaml"], files.Select(static file => file.Name));
            Assert.All(files, static file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
