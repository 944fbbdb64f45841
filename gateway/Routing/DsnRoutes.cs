using System.Collections.Frozen;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Ingest;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing;

/// <summary>The routes that need no token: <c>dsn</c> and <c>routing.attribute_to_dsn_mapping</c>. Alone they are a source that never changes.</summary>
internal sealed class DsnRoutes(ExporterConfiguration exporter) : IRouteSource
{
    private readonly FrozenDictionary<string, Route> _byValue =
        exporter.Routing.DsnMapping.ToFrozenDictionary(pair => pair.Key, pair => RouteOf(pair.Value), StringComparer.Ordinal);

    private readonly FrozenDictionary<string, RouteTarget> _byQueue = exporter.Routing.DsnMapping.Values
        .Concat(exporter.Dsn is null ? [] : [exporter.Dsn])
        .Select(RouteOf)
        .DistinctBy(route => route.Queue)
        .ToFrozenDictionary(route => route.Queue, route => route.Target, StringComparer.Ordinal);

    public event Action? Changed
    {
        add { }
        remove { }
    }

    public string Attribute => exporter.Routing.ProjectFromAttribute;

    public string? NotReady => null;

    public bool TakesDataEarly => true;

    /// <summary>Where everything goes that nothing else routes; null without <c>dsn</c>.</summary>
    public Route? Default { get; } = exporter.Dsn is null ? null : RouteOf(exporter.Dsn);

    /// <summary>The route that the mapping names.</summary>
    public Route? Mapped(string value) => _byValue.GetValueOrDefault(value);

    public IEnumerable<(string Value, string Queue)> Services => _byValue.Select(pair => (pair.Key, pair.Value.Queue));

    public RouteAnswer? Held(string value) => Mapped(value) is { } route ? RouteAnswer.Active(route) : null;

    public RouteAnswer Find(string value)
    {
        if ((Mapped(value) ?? Default) is { } route)
        {
            return RouteAnswer.Active(route);
        }

        return value.Length == 0
            ? RouteAnswer.None(RejectReason.MissingAttribute, $"the resource attribute {Attribute} is missing")
            : RouteAnswer.None(RejectReason.NoProject, $"no DSN is mapped to this value of {Attribute}");
    }

    public RouteTarget? TargetOf(string queue) => _byQueue.GetValueOrDefault(queue);

    public int WeightOf(string queue) => TargetOf(queue) is { } target ? exporter.Routing.WeightOf(target.ProjectId) : RoutingConfiguration.UsualWeight;

    public void Announce(string value)
    {
    }

    public void Recheck(string queue)
    {
    }

    public Task RunAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);

    /// <summary>Names the queue of a project that is known by its DSN alone: an id is one project's only together with its server.</summary>
    public static string QueueOf(Uri server, string projectId) => $"{server.Authority}{server.AbsolutePath}{projectId}";

    private static Route RouteOf(Dsn dsn)
    {
        var endpoints = OtlpEndpoints.FromDsn(dsn);
        return new Route(QueueOf(dsn.BaseAddress, dsn.ProjectId), new RouteTarget
        {
            ProjectId = dsn.ProjectId,
            ProjectSlug = dsn.ProjectId,
            PublicKey = dsn.PublicKey,
            TracesEndpoint = endpoints.Traces.AbsoluteUri,
            LogsEndpoint = endpoints.Logs.AbsoluteUri,
        });
    }
}
