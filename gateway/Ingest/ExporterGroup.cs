using SentryOtel.Gateway.Routing;
using SentryOtel.Otlp;
using SentryOtel.Otlp.Slicing;

namespace SentryOtel.Gateway.Ingest;

/// <summary>
/// Exporters of which each resource goes to one: the first that has a route for it. What none has a route for goes to the first that takes it all the same, by its
/// <c>dsn</c> or by creating a project. An exporter that shares nothing is a group of one.
/// </summary>
/// <param name="exporters">In the order in which they are asked.</param>
internal sealed class ExporterGroup(IReadOnlyList<ExporterPipeline> exporters)
{
    public ExporterGroup(ExporterPipeline exporter)
        : this([exporter])
    {
    }

    public IReadOnlyList<ExporterPipeline> Exporters { get; } = exporters;

    /// <summary>The one that books what is told before anybody is asked.</summary>
    public ExporterPipeline First => Exporters[0];

    /// <summary>Why no request can be taken yet; null when one may be. An exporter that is not ready does not hold up what others have routes for.</summary>
    public string? NotReady
    {
        get
        {
            string? first = null;
            foreach (var exporter in Exporters)
            {
                if (exporter.Routes.TakesDataEarly || exporter.Routes.NotReady is not { } reason)
                {
                    return null;
                }

                first ??= $"exporter {exporter.Id} is not ready: {reason}";
            }

            return first;
        }
    }

    /// <summary>Looks at a request and says where its parts would go; takes nothing.</summary>
    public IngestPlan Plan(OtlpSignal signal, ReadOnlyMemory<byte> request)
    {
        var slices = new List<RequestSlice>();
        var attribute = First.Routes.Attribute;
        var plan = new IngestPlan(signal, request, First.Slice(signal, request.Span, slices));
        foreach (var slice in slices)
        {
            var value = First.ValueOf(slice, request.Span);
            if (Exporters.Count == 1 || value is null)
            {
                plan.Add(First, slice, value, First.Find(value));
            }
            else if (Choose(value, attribute, out var answer, out var silent) is { } exporter)
            {
                plan.Add(exporter, slice, value, answer);
            }
            else
            {
                plan.Defer(First, slice, $"exporter {silent!.Id} can not tell yet whether it has a route for a service that no other has one for");
            }
        }

        return plan;
    }

    // Null when nobody has a route, and one exporter can not be asked: another must not take what is perhaps its own.
    private ExporterPipeline? Choose(string value, string attribute, out RouteAnswer answer, out ExporterPipeline? silent)
    {
        (ExporterPipeline Exporter, RouteAnswer Answer)? rejecting = null;
        silent = null;
        foreach (var exporter in Exporters)
        {
            var routes = exporter.Routes;
            if (routes.Attribute != attribute || (!routes.TakesDataEarly && routes.NotReady is not null))
            {
                silent ??= exporter;
            }
            else if (routes.Held(value) is { } held)
            {
                if (held.Kind != RouteAnswerKind.None)
                {
                    answer = held;
                    return exporter;
                }

                rejecting ??= (exporter, held);
            }
        }

        if (rejecting is { } refusal)
        {
            answer = refusal.Answer;
            return refusal.Exporter;
        }

        answer = default;
        return silent is null ? Otherwise(value, out answer) : null;
    }

    private ExporterPipeline Otherwise(string value, out RouteAnswer answer)
    {
        foreach (var exporter in Exporters)
        {
            answer = exporter.Find(value);
            if (answer.Kind != RouteAnswerKind.None)
            {
                return exporter;
            }
        }

        answer = First.Find(value);
        return First;
    }
}
