using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Configuration.Yaml;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Configuration.Readers;

/// <summary><c>service.pipelines</c>: what is joined to what.</summary>
internal sealed class PipelineReader(
    Dictionary<string, ReceiverConfiguration> receivers,
    Dictionary<string, object> processors,
    Dictionary<string, ExporterConfiguration> exporters)
{
    public IReadOnlyList<PipelineConfiguration> Read(SectionReader service)
    {
        var pipelines = new List<PipelineConfiguration>();
        if (service.Section("pipelines") is not { } section || !section.Keys.Any())
        {
            service.Error("pipelines", "must name at least one pipeline, as traces: or logs:.");
            return pipelines;
        }

        foreach (var id in section.Keys.ToArray())
        {
            var body = section.Section(id)!;
            if (SignalOf(section, id) is { } signal)
            {
                pipelines.Add(ReadPipeline(id, signal, body));
            }
        }

        RefuseDifferingBatches(section, pipelines);
        return pipelines;
    }

    private static OtlpSignal? SignalOf(SectionReader section, string id)
    {
        switch (id.Split('/', 2)[0])
        {
            case "traces":
                return OtlpSignal.Traces;
            case "logs":
                return OtlpSignal.Logs;
            case "metrics":
                section.Error(id, "Sentry takes no metrics over OTLP. Remove the pipeline, or send metrics elsewhere from an OpenTelemetry Collector.");
                return null;
            case "profiles":
                section.Error(id, "Sentry takes no profiles over OTLP. Remove the pipeline.");
                return null;
            default:
                section.Error(id, $"a pipeline is named traces or logs, with or without /name.{NearMiss.Hint(id, ["traces", "logs"])}");
                return null;
        }
    }

    private PipelineConfiguration ReadPipeline(string id, OtlpSignal signal, SectionReader body)
    {
        var from = References(body, "receivers", receivers);
        var through = References(body, "processors", processors, required: false);
        var to = References(body, "exporters", exporters);
        body.Finish();
        var batch = through.Select(name => processors.GetValueOrDefault(name)).OfType<BatchConfiguration>().LastOrDefault();
        return new PipelineConfiguration(id, signal, from, to, batch ?? BatchConfiguration.Default);
    }

    private static List<string> References<T>(SectionReader body, string kind, Dictionary<string, T> known, bool required = true)
    {
        var found = new List<string>();
        var named = body.List(kind);
        if (required && named.Count == 0)
        {
            body.Error(kind, $"must name at least one of {kind}.");
        }

        foreach (var (id, mark) in named)
        {
            if (!known.ContainsKey(id))
            {
                body.ErrorAt(mark, kind, $"no component \"{id}\" is configured under {kind}.{NearMiss.Hint(id, known.Keys)}");
            }
            else if (found.Contains(id))
            {
                body.ErrorAt(mark, kind, $"\"{id}\" is named twice.");
            }
            else
            {
                found.Add(id);
            }
        }

        return found;
    }

    // An exporter has one queue per project and signal, so pipelines that meet there must batch alike.
    private static void RefuseDifferingBatches(SectionReader section, List<PipelineConfiguration> pipelines)
    {
        var seen = new Dictionary<(string Exporter, OtlpSignal Signal), PipelineConfiguration>();
        foreach (var pipeline in pipelines)
        {
            foreach (var exporter in pipeline.Exporters)
            {
                if (!seen.TryAdd((exporter, pipeline.Signal), pipeline) && seen[(exporter, pipeline.Signal)].Batch != pipeline.Batch)
                {
                    section.Error(pipeline.Id, $"batches otherwise than {seen[(exporter, pipeline.Signal)].Id}, which feeds {exporter} too; that is not supported yet. Use the same batch processor in both.");
                }
            }
        }
    }
}
