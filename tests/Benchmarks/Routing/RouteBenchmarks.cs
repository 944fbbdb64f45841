using System.Globalization;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Queueing;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Routing.Kubernetes;
using SentryOtel.Gateway.Routing.Standalone;
using SentryOtel.Sentry.Routing;
using SentryOtel.Sentry.Slugs;

namespace SentryOtel.Benchmarks.Routing;

/// <summary>
/// What a look-up and a swap of the table cost beside ten, a thousand and ten thousand routes, with the slug policy that has the most to do. <see cref="Build"/> is the work
/// that is done once for each table, off the way of requests.
/// </summary>
[MemoryDiagnoser]
[MinColumn]
public class RouteBenchmarks
{
    private const int Values = 64;

    private static readonly string Key = new('a', 32);

    private RoutingTable _document = null!;
    private LoadedTable _one = null!;
    private LoadedTable _other = null!;
    private volatile LoadedTable _inForce = null!;
    private AnnouncedSlugs _announced = null!;
    private ProjectTable _projects = null!;
    private string[] _known = [];
    private string[] _new = [];
    private int _next;

    [Params(10, 1_000, 10_000)]
    public int Routes { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var services = Enumerable.Range(0, Routes).Select(i => string.Create(CultureInfo.InvariantCulture, $"Team{i % 97}.OrdersService{i}")).ToArray();
        _known = [.. Enumerable.Range(0, Values).Select(i => new string(services[i * 31 % Routes]))];
        _new = [.. Enumerable.Range(0, Values).Select(i => string.Create(CultureInfo.InvariantCulture, $"Somebody.NewService{i}"))];
        _document = Document(services);
        (_one, _other) = (new LoadedTable(_document), new LoadedTable(_document));
        _inForce = _one;
        var collisions = new SlugCollisions("sentry", TimeProvider.System, NullLogger.Instance);
        _announced = new AnnouncedSlugs(Routes, collisions);
        _projects = new ProjectTable(new RoutingConfiguration { SlugPolicy = SlugPolicy.Normalize }, collisions, new MonotonicClock(TimeProvider.System));
        lock (_projects.Gate)
        {
            foreach (var service in services)
            {
                var slug = SlugResolver.Normalize(service);
                _projects.Settle(slug, Target(slug));
                _projects.Want(service);
            }
        }
    }

    /// <summary>A value of the operator's table.</summary>
    [Benchmark]
    public bool TableKnown() => _inForce.Find(_known[Next()]) is not null;

    /// <summary>A value that no route names: its slug is chosen so that it is nobody else's.</summary>
    [Benchmark]
    public bool TableNew() => _inForce.Find(_new[Next()]) is null && _announced.TryChoose(_inForce, _new[Next()], out _, out _);

    /// <summary>A value whose project is known, without an operator.</summary>
    [Benchmark]
    public bool StandaloneKnown() => _projects.Find(_known[Next()], out _).Kind == RouteAnswerKind.Active;

    /// <summary>A value that came never before, without an operator.</summary>
    [Benchmark]
    public bool StandaloneNew() => _projects.Find(_new[Next()], out _).Kind == RouteAnswerKind.Announce;

    /// <summary>Another table takes the place of the one in force.</summary>
    [Benchmark]
    public bool Swap()
    {
        _inForce = _inForce == _one ? _other : _one;
        return _inForce.Find(_known[Next()]) is not null;
    }

    /// <summary>A document is made ready for look-ups.</summary>
    [Benchmark]
    public object Build() => new LoadedTable(_document);

    private int Next() => _next = (_next + 1) % Values;

    private static RoutingTable Document(IEnumerable<string> services)
    {
        var slice = new RoutingTableSlice
        {
            Exporter = "default/main",
            Generation = 1,
            RoutingAttribute = "service.name",
            SlugPolicy = "normalize",
            Routes = [.. services.Order(StringComparer.Ordinal).Select(service => new RouteEntry { Value = service, State = RouteState.Active, Target = Target(SlugResolver.Normalize(service)) })],
        };
        return RoutingTable.TryCombine([slice], out var table, out var error) ? table : throw new InvalidOperationException(error);
    }

    private static RouteTarget Target(string slug) => new()
    {
        ProjectId = "4711",
        ProjectSlug = slug,
        PublicKey = Key,
        TracesEndpoint = "https://o1.ingest.example/api/4711/integration/otlp/v1/traces",
        LogsEndpoint = "https://o1.ingest.example/api/4711/integration/otlp/v1/logs",
        Organization = "acme",
    };
}
