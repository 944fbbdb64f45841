using SentryOtel.Gateway.Configuration.Yaml;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary>The top of the file.</summary>
/// <param name="top">The root mapping.</param>
/// <param name="context">Where problems go.</param>
/// <param name="availableMemory">Bytes that the process may use.</param>
internal sealed class RootReader(SectionReader top, ReadContext context, long availableMemory)
{
    private const double DefaultShareOfMemory = 0.4;

    public GatewayConfiguration? Read()
    {
        var extensions = Components.Read(top, "extensions", new Dictionary<string, Func<string, SectionReader, object>>
        {
            ["health_check"] = (_, section) => ServiceReader.HealthCheck(section),
            ["file_storage"] = (_, section) => FileStorageReader.Read(section),
            ["bearertokenauth"] = (id, section) => AuthenticatorReader.Bearer(id, section),
            ["basicauth"] = (id, section) => AuthenticatorReader.Basic(id, section),
        }, Named("extensions"));
        var service = top.Section("service");
        if (service is null)
        {
            top.Error("service", "missing: it names the pipelines to run.");
        }

        var (health, authenticators) = ServiceReader.Extensions(service, extensions);
        var receivers = Components.Read(top, "receivers", new Dictionary<string, Func<string, SectionReader, ReceiverConfiguration>>
        {
            ["otlp"] = new ReceiverReader(authenticators).Read,
        }, Named("receivers"));
        var processors = Components.Read(top, "processors", new Dictionary<string, Func<string, SectionReader, object>>
        {
            ["batch"] = (_, section) => ProcessorReader.Batch(section),
            ["memory_limiter"] = (_, section) => ProcessorReader.MemoryLimit(section, availableMemory),
        }, Named("processors"));
        var storages = extensions
            .Where(pair => pair.Value is DiskQueueConfiguration && service?.List("extensions").Any(named => named.Value == pair.Key) == true)
            .ToDictionary(pair => pair.Key, pair => (DiskQueueConfiguration)pair.Value, StringComparer.Ordinal);
        var exporters = Components.Read(top, "exporters", new Dictionary<string, Func<string, SectionReader, ExporterConfiguration>>
        {
            ["sentry"] = (id, section) => new ExporterReader(id, section, context, storages).Read(),
        }, Named("exporters"));
        RefuseConnectors();
        top.Finish();
        if (service is null)
        {
            return null;
        }

        var pipelines = new PipelineReader(receivers, processors, exporters).Read(service);
        var telemetry = ServiceReader.Telemetry(service);
        var drain = service.Duration("drain_timeout", TimeSpan.FromSeconds(20), TimeSpan.Zero);
        var reload = service.Duration("reload_interval", TimeSpan.FromSeconds(5), TimeSpan.Zero);
        service.Finish();
        return new GatewayConfiguration
        {
            Receivers = Used(receivers, pipelines.SelectMany(pipeline => pipeline.Receivers), "receivers"),
            Exporters = Used(exporters, pipelines.SelectMany(pipeline => pipeline.Exporters), "exporters"),
            Pipelines = pipelines,
            AdmissionBytes = processors.Values.OfType<MemoryLimit>().Select(limit => limit.AdmissionBytes).DefaultIfEmpty((long)(availableMemory * DefaultShareOfMemory)).Min(),
            HealthCheck = health,
            Telemetry = telemetry,
            DrainTimeout = drain,
            ReloadInterval = reload,
        };
    }

    // What service names, whether it is right or not: reported when the pipelines are read.
    private HashSet<string> Named(string kind)
    {
        var named = new HashSet<string>(StringComparer.Ordinal);
        if (top.Section("service") is { } service)
        {
            named.UnionWith(kind == "extensions" ? service.List(kind).Select(static each => each.Value) : []);
            var pipelines = service.Section("pipelines");
            foreach (var id in pipelines?.Keys.ToArray() ?? [])
            {
                named.UnionWith(kind == "extensions" ? [] : pipelines!.Section(id)!.List(kind).Select(static each => each.Value));
            }
        }

        return named;
    }

    private void RefuseConnectors()
    {
        if (top.Section("connectors") is { } connectors)
        {
            foreach (var id in connectors.Keys)
            {
                connectors.Error(id, "the gateway has no connectors. Remove it, or run it in an OpenTelemetry Collector in front of the gateway.");
            }
        }
    }

    private Dictionary<string, T> Used<T>(Dictionary<string, T> all, IEnumerable<string> ids, string kind)
    {
        var used = ids.ToHashSet(StringComparer.Ordinal);
        foreach (var id in all.Keys.Where(id => !used.Contains(id)))
        {
            top.Section(kind)!.Warning(id, "no pipeline uses it.");
        }

        return all.Where(pair => used.Contains(pair.Key)).ToDictionary(StringComparer.Ordinal);
    }
}
