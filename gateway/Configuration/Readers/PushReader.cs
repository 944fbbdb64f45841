using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary>The parts of <c>service.telemetry</c> that push: OpenTelemetry's declarative configuration, as the Collector has it. Times are milliseconds there; durations with units are taken too.</summary>
internal static class PushReader
{
    /// <summary>One element of <c>metrics.readers</c>, its <c>periodic</c>.</summary>
    public static MetricsPushConfiguration? Periodic(SectionReader periodic)
    {
        var interval = PushTargetReader.Milliseconds(periodic, "interval", TimeSpan.FromSeconds(60));
        var timeout = PushTargetReader.Milliseconds(periodic, "timeout", TimeSpan.FromSeconds(30));
        var delta = false;
        var target = PushTargetReader.Read(periodic, "/v1/metrics", otlp =>
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
        var target = PushTargetReader.Read(batch, "/v1/traces", static _ => { });
        var queue = (int)batch.Number("max_queue_size", 2048, 1, 1_000_000);
        var configuration = target is null ? null : new TracesPushConfiguration(
            target,
            PushTargetReader.Milliseconds(batch, "schedule_delay", TimeSpan.FromSeconds(5)),
            PushTargetReader.Milliseconds(batch, "export_timeout", TimeSpan.FromSeconds(30)),
            queue,
            (int)batch.Number("max_export_batch_size", Math.Min(512, queue), 1, queue));
        batch.Finish();
        return configuration;
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
}
