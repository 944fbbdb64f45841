using System.Text.RegularExpressions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Configuration;

/// <summary>docs/gateway.md names every key that the readers know, and no other.</summary>
public sealed partial class KeyTableTests
{
    // Every section once, so that every reader runs; what is wrong with it does not matter here.
    private const string EverySection = """
        receivers:
          otlp:
            protocols:
              grpc: {endpoint: "127.0.0.1:1", tls: {}, auth: {}, keepalive: {server_parameters: {}}}
              http: {endpoint: "127.0.0.1:2", tls: {}, auth: {}, cors: {}, response_headers: {}}
        processors:
          batch: {}
          memory_limiter: {limit_mib: 100}
        extensions:
          health_check: {response_body: {}}
          file_storage: {}
          bearertokenauth: {}
          basicauth: {htpasswd: {}}
        exporters:
          sentry:
            routing: {attribute_to_project_mapping: {}, attribute_to_dsn_mapping: {}}
            projects: {}
            ingest: {}
            http: {tls: {}, headers: {}, cookies: {}, compression_params: {}}
            sending_queue: {batch: {partition: {}}}
            queue: {parking: {}, disk: {}}
            retry_on_failure: {}
            metrics: {forward_to: {tls: {}, headers: {}}}
        service:
          extensions: [health_check, file_storage, bearertokenauth, basicauth]
          telemetry:
            logs: {}
            metrics: {readers: [{pull: {exporter: {prometheus: {}}}, periodic: {exporter: {otlp: {}}}}]}
            traces: {processors: [{batch: {exporter: {otlp: {}}}}]}
          pipelines:
            traces: {receivers: [otlp], processors: [batch, memory_limiter], exporters: [sentry]}
        """;

    // Sections with a row of their own, told of elsewhere in the documentation.
    private static readonly string[] Whole =
        ["service.telemetry.traces", "service.telemetry.resource", "service.telemetry.logs.processors", "service.telemetry.metrics.views", "service.telemetry.metrics.readers[].periodic"];

    [Fact]
    public void Documentation_names_every_key_and_no_other()
    {
        var known = ConfigurationFile.Read(EverySection, _ => null, _ => throw new FileNotFoundException(), 1L << 30).KnownKeys
            .Select(path => Index().Replace(path, "[]"))
            .Select(path => Array.Find(Whole, section => path.StartsWith(section, StringComparison.Ordinal)) ?? path)
            .ToHashSet(StringComparer.Ordinal);
        var keys = known.Where(path => !known.Any(other => other.StartsWith(path + ".", StringComparison.Ordinal) || other.StartsWith(path + "[", StringComparison.Ordinal)));
        var documented = Row().Matches(File.ReadAllText(RepositoryFiles.PathOf("docs/gateway.md"))).SelectMany(match => Expand(match.Groups[1].Value)).ToHashSet(StringComparer.Ordinal);

        Assert.True(documented.SetEquals(keys), $"docs/gateway.md, Configuration: rows missing for\n{Lines(keys.Except(documented))}\nand no such key as\n{Lines(documented.Except(keys))}");
    }

    // a.{b,c}.d is a.b.d and a.c.d.
    private static IEnumerable<string> Expand(string row)
    {
        var (open, close) = (row.IndexOf('{', StringComparison.Ordinal), row.IndexOf('}', StringComparison.Ordinal));
        return open < 0 ? [row] : row[(open + 1)..close].Split(',').SelectMany(word => Expand(row[..open] + word.Trim() + row[(close + 1)..]));
    }

    private static string Lines(IEnumerable<string> paths) => string.Join('\n', paths.Order(StringComparer.Ordinal));

    [GeneratedRegex(@"\[\d+\]")]
    private static partial Regex Index();

    [GeneratedRegex(@"^\| `((?:receivers|processors|exporters|extensions|service|connectors)[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
