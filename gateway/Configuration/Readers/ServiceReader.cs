using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>extensions.health_check</c>, <c>service.extensions</c> and <c>service.telemetry</c>.</summary>
internal static class ServiceReader
{
    public static HealthCheckConfiguration HealthCheck(SectionReader section)
    {
        section.Refuse("probes are answered in plain text and to everybody, as Kubernetes asks them; remove it, and bind the endpoint to an address that only the probes reach.", "tls", "auth");
        section.Ignore("has no meaning here.", "check_collector_pipeline", "response_body", "transport");
        var path = section.Text("path") ?? "/";
        if (!path.StartsWith('/'))
        {
            section.Error("path", "must start with /.");
        }

        var configuration = new HealthCheckConfiguration(section.Endpoint("endpoint", new ListenEndpoint("localhost", 13133)), path);
        section.Finish();
        return configuration;
    }

    /// <summary>The health endpoint, when it is in service, and the authenticators that are.</summary>
    public static (HealthCheckConfiguration? Health, IReadOnlyDictionary<string, AuthenticatorConfiguration> Authenticators) Extensions(
        SectionReader? service, Dictionary<string, object> extensions)
    {
        HealthCheckConfiguration? health = null;
        var authenticators = new Dictionary<string, AuthenticatorConfiguration>(StringComparer.Ordinal);
        foreach (var (id, mark) in service?.List("extensions") ?? [])
        {
            switch (extensions.GetValueOrDefault(id))
            {
                case null:
                    service!.ErrorAt(mark, "extensions", $"no extension \"{id}\" is configured under extensions.{NearMiss.Hint(id, extensions.Keys)}");
                    break;
                case AuthenticatorConfiguration authenticator:
                    authenticators[id] = authenticator;
                    break;
                case HealthCheckConfiguration when health is not null:
                    service!.ErrorAt(mark, "extensions", "one health_check answers all probes; remove the others.");
                    break;
                case HealthCheckConfiguration found:
                    health = found;
                    break;
                case DiskQueueConfiguration:
                    // Exporters name it.
                    break;
                case var other:
                    throw new InvalidOperationException($"An extension without a place: {other.GetType().Name}.");
            }
        }

        return (health, authenticators);
    }

    public static TelemetryConfiguration Telemetry(SectionReader service)
    {
        var telemetry = service.Section("telemetry");
        var logs = telemetry?.Section("logs");
        var level = logs?.OneOf("level", "info", "debug", "info", "warn", "error", "DEBUG", "INFO", "WARN", "ERROR") ?? "info";
        var json = logs?.OneOf("encoding", "console", "console", "json") == "json";
        logs?.Ignore(
            "has no meaning here: logs go to standard error, repeated ones are thinned out per reason.",
            "development", "disable_caller", "disable_stacktrace", "sampling", "output_paths", "error_output_paths", "initial_fields");
        logs?.NotSupportedYet("processors");
        logs?.Finish();
        var resource = PushReader.Resource(telemetry?.Section("resource"));
        var (traces, ratio) = PushReader.Traces(telemetry?.Section("traces"));
        var endpoint = Metrics(telemetry?.Section("metrics"), out var metrics);
        telemetry?.Finish();
        return new TelemetryConfiguration(level.ToLowerInvariant(), json, endpoint)
        {
            Push = metrics.Count + traces.Count > 0 ? new TelemetryPushConfiguration(metrics, traces, ratio, resource) : null,
        };
    }

    private static ListenEndpoint? Metrics(SectionReader? metrics, out IReadOnlyList<MetricsPushConfiguration> pushes)
    {
        var periodic = new List<MetricsPushConfiguration>();
        pushes = periodic;
        var otherwise = new ListenEndpoint("localhost", 8888);
        if (metrics is null)
        {
            return otherwise;
        }

        var level = metrics.OneOf("level", "normal", "none", "basic", "normal", "detailed");
        metrics.NotSupportedYet("views");
        var endpoint = metrics.Endpoint("address", otherwise);
        foreach (var reader in metrics.Sections("readers"))
        {
            if (reader.Section("periodic") is { } push && PushReader.Periodic(push) is { } read)
            {
                periodic.Add(read);
            }

            if (reader.Section("pull") is { } pull)
            {
                endpoint = Pull(pull, otherwise);
                pull.Finish();
            }

            reader.Finish();
        }

        metrics.Finish();
        if (level != "none")
        {
            return endpoint;
        }

        periodic.Clear();
        return null;
    }

    private static ListenEndpoint Pull(SectionReader pull, ListenEndpoint otherwise)
    {
        var exporter = pull.Section("exporter");
        var prometheus = exporter?.Section("prometheus");
        exporter?.Finish();
        if (prometheus is null)
        {
            return otherwise;
        }

        prometheus.Ignore(
            "has no meaning here.", "without_scope_info", "without_type_suffix", "without_units", "with_resource_constant_labels", "translation_strategy");
        var host = prometheus.Text("host") ?? otherwise.Host;
        var port = prometheus.Number("port", otherwise.Port, 0, ushort.MaxValue);
        if (!ListenEndpoint.TryParse(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{host}:{port}"), out var endpoint))
        {
            prometheus.Error("host", "must be an IP address or localhost.");
        }

        prometheus.Finish();
        return endpoint ?? otherwise;
    }
}
