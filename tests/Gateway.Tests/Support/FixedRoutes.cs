using System.Collections.Concurrent;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Tests.Support;

/// <summary>Routes that the test sets: a value becomes known when it is added.</summary>
internal sealed class FixedRoutes : IRouteSource
{
    private readonly ConcurrentDictionary<string, RouteAnswer> _answers = new();

    public event Action? Changed;

    public ConcurrentQueue<string> Announced { get; } = new();

    public ConcurrentQueue<string> Rechecked { get; } = new();

    /// <summary>By queue; 1 for others.</summary>
    public ConcurrentDictionary<string, int> Weights { get; } = new();

    /// <summary>The answer for a value that was not set.</summary>
    public Func<string, RouteAnswer> Unknown { get; set; } = RouteAnswer.Announce;

    public string Attribute => "service.name";

    public string? NotReady { get; set; }

    public bool TakesDataEarly { get; set; }

    public static RouteTarget Target(string slug, string key = "0123456789abcdef0123456789abcdef") => new()
    {
        ProjectId = "4711",
        ProjectSlug = slug,
        PublicKey = key,
        TracesEndpoint = "http://127.0.0.1:1/api/4711/integration/otlp/v1/traces",
        LogsEndpoint = "http://127.0.0.1:1/api/4711/integration/otlp/v1/logs",
    };

    public void Activate(string value, RouteTarget? target = null) => Set(value, RouteAnswer.Active(new Route(value, target ?? Target(value))));

    public void Set(string value, RouteAnswer answer)
    {
        _answers[value] = answer;
        Changed?.Invoke();
    }

    public RouteAnswer Find(string value) => _answers.TryGetValue(value, out var answer)
        ? answer
        : value.Length == 0
            ? RouteAnswer.None(RejectReason.MissingAttribute, "the resource attribute service.name is missing")
            : Unknown(value);

    public RouteAnswer? Held(string value) => _answers.TryGetValue(value, out var answer) ? answer : null;

    public IEnumerable<(string Value, string Queue)> Services =>
        _answers.Where(answer => answer.Value.Route is not null).Select(answer => (answer.Key, answer.Value.Route!.Queue));

    public RouteTarget? TargetOf(string queue) => _answers.GetValueOrDefault(queue).Route?.Target;

    public int WeightOf(string queue) => Weights.GetValueOrDefault(queue, 1);

    public void Announce(string value) => Announced.Enqueue(value);

    public void Recheck(string queue) => Rechecked.Enqueue(queue);

    public Task RunAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);
}
