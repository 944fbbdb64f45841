using System.Globalization;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary>The parts of <c>service.telemetry</c> that push: OpenTelemetry's declarative configuration, as the Collector has it. Times are milliseconds there; durations with units are taken too.</summary>
internal static class PushReader
{
    private static readonly string[] Reserved = ["content-type", "content-encoding", "content-length", "host", "te", "transfer-encoding", "user-agent"];

    /// <summary>One element of <c>metrics.readers</c>, its <c>periodic</c>.</summary>
    public static MetricsPushConfiguration? Periodic(SectionReader periodic)
    {
        var interval = Milliseconds(periodic, "interval", TimeSpan.FromSeconds(60));
        var timeout = Milliseconds(periodic, "timeout", TimeSpan.FromSeconds(30));
        var delta = false;
        var target = Exporter(periodic, "/v1/metrics", otlp =>
        {
            delta = otlp.OneOf("temporality_preference", "cumulative", "cumulative", "delta", "lowmemory", "low_memory") != "cumulative";
            otlp.NotSupportedYet("default_histogram_aggregation");
        });
        periodic.NotSupportedYet("producers", "cardinality_limits");
        periodic.Finish();
        return target is null ? null : new MetricsPushConfiguration(target, interval, timeout, delta);
    }

    /// <summary><c>traces</c>.</summary>
    public static (IReadOnlyList<TracesPushConfiguration> Processors, double SampleRatio) Traces(SectionReader? traces)
    {
        var processors = new List<TracesPushConfiguration>();
        if (traces is null)
        {
            return (processors, 1);
        }

        var off = traces.OneOf("level", "normal", "none", "basic", "normal", "detailed") == "none";
        traces.Ignore("has no meaning here: the gateway's spans have no parents and go on to nobody.", "propagators");
        traces.NotSupportedYet("limits");
        foreach (var processor in traces.Sections("processors"))
        {
            processor.NotSupportedYet("simple");
            if (processor.Section("batch") is { } batch && Batch(batch) is { } read)
            {
                processors.Add(read);
            }

            processor.Finish();
        }

        var ratio = traces.Section("sampler") is { } sampler ? Sampler(sampler) : 1;
        traces.Finish();
        return (off ? [] : processors, ratio);
    }

    /// <summary><c>resource</c>: attributes by name, or as a list under <c>attributes</c>.</summary>
    public static IReadOnlyDictionary<string, string?> Resource(SectionReader? resource)
    {
        var attributes = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (resource is null)
        {
            return attributes;
        }

        resource.NotSupportedYet("detectors", "detection/development", "attributes_list");
        resource.Ignore("has no meaning here.", "schema_url");
        foreach (var attribute in resource.Sections("attributes"))
        {
            if (attribute.Text("name") is { Length: > 0 } name)
            {
                attributes[name] = attribute.Text("value");
            }
            else
            {
                attribute.Error("name", "must be configured.");
            }

            attribute.Ignore("has no meaning here: values are texts.", "type");
            attribute.Finish();
        }

        foreach (var name in resource.Keys.Except(["attributes", "schema_url", "detectors", "detection/development", "attributes_list"]).ToArray())
        {
            attributes[name] = resource.Text(name);
        }

        return attributes;
    }

    private static TracesPushConfiguration? Batch(SectionReader batch)
    {
        var target = Exporter(batch, "/v1/traces", static _ => { });
        var queue = (int)batch.Number("max_queue_size", 2048, 1, 1_000_000);
        var configuration = target is null ? null : new TracesPushConfiguration(
            target,
            Milliseconds(batch, "schedule_delay", TimeSpan.FromSeconds(5)),
            Milliseconds(batch, "export_timeout", TimeSpan.FromSeconds(30)),
            queue,
            (int)batch.Number("max_export_batch_size", Math.Min(512, queue), 1, queue));
        batch.Finish();
        return configuration;
    }

    private static PushTarget? Exporter(SectionReader section, string path, Action<SectionReader> readMore)
    {
        if (section.Section("exporter") is not { } exporter)
        {
            section.Error("exporter", "must be configured, as exporter: {otlp: {protocol: http/protobuf, endpoint: http://localhost:4318}}.");
            return null;
        }

        exporter.NotSupportedYet("console", "prometheus", "zipkin", "otlp_file/development");
        PushTarget? target = null;
        foreach (var key in (string[])["otlp", "otlp_http", "otlp_grpc"])
        {
            if (exporter.Section(key) is { } otlp)
            {
                target = Target(otlp, key, path);
                readMore(otlp);
                otlp.Finish();
            }
        }

        if (target is null && !exporter.Keys.Any())
        {
            section.Error("exporter", "must hold otlp: {protocol, endpoint}.");
        }

        exporter.Finish();
        return target;
    }

    private static PushTarget? Target(SectionReader otlp, string key, string path)
    {
        var isGrpc = key switch
        {
            "otlp_grpc" => true,
            "otlp_http" => false,
            _ => otlp.OneOf("protocol", "http/protobuf", "grpc", "http/protobuf") == "grpc",
        };
        otlp.NotSupportedYet("certificate", "client_key", "client_certificate", "certificate_file", "client_key_file", "client_certificate_file", "tls");
        var insecure = otlp.Flag("insecure", false);
        var headers = otlp.IsList("headers") ? Listed(otlp) : HttpReader.Headers(otlp, Reserved);
        foreach (var pair in (otlp.Text("headers_list") ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1)
            {
                otlp.Error("headers_list", "must be name=value, several with commas between.");
                break;
            }

            headers.TryAdd(pair[..equals], new Secret(pair[(equals + 1)..]));
        }

        var gzip = otlp.OneOf("compression", "none", "none", "gzip") == "gzip";
        var timeout = Milliseconds(otlp, "timeout", TimeSpan.FromSeconds(10));
        return Address(otlp, isGrpc, insecure, path) is { } address ? new PushTarget(address, isGrpc, headers, gzip, timeout) : null;
    }

    private static Uri? Address(SectionReader otlp, bool isGrpc, bool insecure, string path)
    {
        var text = otlp.Text("endpoint") ?? (isGrpc ? "http://localhost:4317" : "http://localhost:4318");
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            text = $"{(insecure ? "http" : "https")}://{text}";
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.UserInfo.Length > 0)
        {
            otlp.Error("endpoint", "must be an http or https address without user or password; credentials go under headers.");
            return null;
        }

        return isGrpc || uri.AbsolutePath != "/" ? uri : new Uri(uri, path);
    }

    private static Dictionary<string, Secret> Listed(SectionReader otlp)
    {
        var headers = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in otlp.Sections("headers"))
        {
            if (header.Text("name") is { Length: > 0 } name)
            {
                headers[name] = header.Secret("value") ?? new Secret(string.Empty);
            }
            else
            {
                header.Error("name", "must be configured.");
            }

            header.Finish();
        }

        return headers;
    }

    private static double Sampler(SectionReader sampler)
    {
        var ratio = 1.0;
        if (sampler.Section("always_on") is not null)
        {
            ratio = 1;
        }
        else if (sampler.Section("always_off") is not null)
        {
            ratio = 0;
        }
        else if (sampler.Section("trace_id_ratio_based") is { } based)
        {
            ratio = based.Fraction("ratio", 1, 0, 1);
            based.Finish();
        }
        else if (sampler.Section("parent_based") is { } parent)
        {
            // The gateway's spans have no parent: the root's sampler decides.
            ratio = parent.Section("root") is { } root ? Sampler(root) : 1;
            parent.Ignore(
                "has no meaning here: the gateway's spans have no parents.",
                "remote_parent_sampled", "remote_parent_not_sampled", "local_parent_sampled", "local_parent_not_sampled");
            parent.Finish();
        }

        sampler.Finish();
        return ratio;
    }

    private static TimeSpan Milliseconds(SectionReader section, string key, TimeSpan otherwise) =>
        section.Text(key) is { } text && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? TimeSpan.FromMilliseconds(section.Number(key, (long)otherwise.TotalMilliseconds, 1, int.MaxValue))
            : section.Duration(key, otherwise, TimeSpan.FromMilliseconds(1));
}
