using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Tests.Traffic;

/// <summary>Gateways by the address of their pod, which say what the test tells them; the others do not answer.</summary>
internal sealed class ToldGateways
{
    private readonly ConcurrentDictionary<string, Func<JsonArray>> _routes = new();
    private readonly DateTimeOffset _startedAt = TimeProvider.System.GetUtcNow();
    private int _answers;

    public ToldGateways() => Handler = new Answering((request, _) => Task.FromResult(Answer(request.RequestUri!)));

    public HttpMessageHandler Handler { get; }

    public int Answers => Volatile.Read(ref _answers);

    /// <summary>From now on a gateway has these projects and signals.</summary>
    public void Tell(string address, Func<JsonArray> routes) => _routes[address] = routes;

    public void Silence(string address) => _routes.TryRemove(address, out _);

    /// <summary>One project and signal, as a gateway renders it.</summary>
    public static JsonObject Queue(string projectId, string slug, long accepted, long sent, DateTimeOffset? lastSeen = null, string signal = "traces") => new()
    {
        ["queue"] = slug,
        ["project"] = slug,
        ["projectId"] = projectId,
        ["signal"] = signal,
        ["state"] = "ok",
        ["heldForSeconds"] = 0,
        ["accepted"] = accepted,
        ["sent"] = sent,
        ["dropped"] = new JsonObject { ["expired"] = accepted - sent },
        ["lastSeen"] = (lastSeen ?? TimeProvider.System.GetUtcNow()).ToString("O"),
    };

    /// <summary>The same, while Sentry limits it; nothing of it after the end.</summary>
    public static JsonObject Limited(JsonObject queue, string category, DateTimeOffset until)
    {
        var left = until - TimeProvider.System.GetUtcNow();
        if (left > TimeSpan.Zero)
        {
            queue["hold"] = "rate_limited";
            queue["heldForSeconds"] = left.TotalSeconds;
            queue["limit"] = new JsonObject { ["category"] = category, ["scope"] = "project", ["reason"] = "quota" };
        }

        return queue;
    }

    private HttpResponseMessage Answer(Uri address)
    {
        if (address is not { Port: 8888, AbsolutePath: "/routes" } || !_routes.TryGetValue(address.Host, out var routes))
        {
            throw new HttpRequestException($"no gateway at {address}");
        }

        var document = new JsonObject
        {
            ["at"] = TimeProvider.System.GetUtcNow().ToString("O"),
            ["startedAt"] = _startedAt.ToString("O"),
            ["exporters"] = new JsonArray(new JsonObject { ["exporter"] = "sentry", ["routes"] = routes() }),
        };
        Interlocked.Increment(ref _answers);
        return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(document.ToJsonString(), Encoding.UTF8, "application/json") };
    }
}
