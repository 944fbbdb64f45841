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
            if (SignalOf(section, id, body) is { } signal)
            {
                pipelines.Add(ReadPipeline(id, signal, body));
            }
        }

        CheckDistribution(section, pipelines);
        return JoinBatches(section, pipelines);
    }

    private OtlpSignal? SignalOf(SectionReader section, string id, SectionReader body)
    {
        switch (id.Split('/', 2)[0])
        {
            case "traces":
                return OtlpSignal.Traces;
            case "logs":
                return OtlpSignal.Logs;
            case "metrics":
                if (body.List("exporters").Any(exporter => exporters.GetValueOrDefault(exporter.Value)?.MetricsForwarding is not null))
                {
                    return OtlpSignal.Metrics;
                }

                section.Error(
                    id,
                    "Sentry takes no metrics over OTLP. Set metrics.forward_to of the exporter to an OTLP endpoint that takes them, remove the pipeline, or send metrics elsewhere from an OpenTelemetry Collector.");
                return null;
            case "profiles":
                section.Error(id, "Sentry takes no profiles over OTLP. Remove the pipeline.");
                return null;
            default:
                section.Error(id, $"a pipeline is named traces, logs or metrics, with or without /name.{NearMiss.Hint(id, ["traces", "logs", "metrics"])}");
                return null;
        }
    }

    private PipelineConfiguration ReadPipeline(string id, OtlpSignal signal, SectionReader body)
    {
        var from = References(body, "receivers", receivers);
        var through = References(body, "processors", processors, required: false);
        var to = References(body, "exporters", exporters);
        var distribution = body.OneOf("distribution", "all", "all", "first_route") == "first_route" ? Distribution.FirstRoute : Distribution.All;
        if (distribution == Distribution.FirstRoute)
        {
            CheckAttributes(body, to);
        }

        if (signal == OtlpSignal.Metrics)
        {
            CheckMetrics(body, to, distribution, through.Exists(name => processors.GetValueOrDefault(name) is BatchConfiguration));
        }

        body.Finish();
        var batch = through.Select(name => processors.GetValueOrDefault(name)).OfType<BatchConfiguration>().LastOrDefault();
        return new PipelineConfiguration(id, signal, from, to, batch ?? BatchConfiguration.Default) { Distribution = distribution };
    }

    // A value means one thing to all of them.
    private void CheckAttributes(SectionReader body, List<string> to)
    {
        var attributes = to.Select(id => exporters[id].Routing.ProjectFromAttribute).Distinct(StringComparer.Ordinal).ToArray();
        if (attributes.Length > 1)
        {
            body.Error("distribution", $"first_route needs exporters that route on one attribute, and these route on {string.Join(" and ", attributes)}.");
        }
    }

    // Otherwise a resource would reach an exporter by two ways, and Sentry twice.
    private static void CheckDistribution(SectionReader section, List<PipelineConfiguration> pipelines)
    {
        foreach (var pipeline in pipelines.Where(static pipeline => pipeline.Distribution == Distribution.FirstRoute))
        {
            var other = pipelines.Find(candidate => candidate != pipeline && candidate.Signal == pipeline.Signal && candidate.Receivers.Intersect(pipeline.Receivers).Any());
            if (other is not null)
            {
                section.Error(pipeline.Id, $"with distribution: first_route it must be the only pipeline of its receivers for {pipeline.Signal.ToString().ToLowerInvariant()}; join {other.Id} to it, or give it receivers of its own.");
            }
        }
    }

    private void CheckMetrics(SectionReader body, List<string> to, Distribution distribution, bool batches)
    {
        foreach (var exporter in to.Where(exporter => exporters.GetValueOrDefault(exporter) is { MetricsForwarding: null }))
        {
            body.Error("exporters", $"{exporter} takes no metrics: set exporters.{exporter}.metrics.forward_to to an OTLP endpoint that does, or remove it here.");
        }

        if (distribution == Distribution.FirstRoute)
        {
            body.Error("distribution", "first_route has no meaning for metrics, which are not routed; name the one exporter whose metrics.forward_to they go to.");
        }

        if (batches)
        {
            body.Warning("processors", "batch has no meaning for metrics: requests are passed on as they come.");
        }
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

    // An exporter has one queue per project and signal, where data of several pipelines meet: the stricter bound of each kind holds for all.
    private static List<PipelineConfiguration> JoinBatches(SectionReader section, List<PipelineConfiguration> pipelines)
    {
        var joined = new List<PipelineConfiguration>(pipelines);
        foreach (var pipeline in pipelines.Where(pipeline => pipeline.Signal != OtlpSignal.Metrics))
        {
            foreach (var exporter in pipeline.Exporters)
            {
                var others = pipelines.Where(other => other.Signal == pipeline.Signal && other.Exporters.Contains(exporter)).ToArray();
                if (others[0] != pipeline && others[0].Batch != pipeline.Batch)
                {
                    section.Warning(pipeline.Id, $"batches otherwise than {others[0].Id}, which feeds {exporter} too: the shorter timeout and the smaller sizes hold for both.");
                }

                var index = joined.FindIndex(candidate => candidate.Id == pipeline.Id);
                joined[index] = joined[index] with { Batch = others.Aggregate(joined[index].Batch, (batch, other) => batch.Join(other.Batch)) };
            }
        }

        return joined;
    }
}
