using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace SentryOtel.SentryServer.State;

/// <summary>Which port a request came to.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServerSide>))]
public enum ServerSide
{
    /// <summary>The management API.</summary>
    [JsonStringEnumMemberName("management")]
    Management,

    /// <summary>Ingest.</summary>
    [JsonStringEnumMemberName("ingest")]
    Ingest,
}

/// <summary>One request and its answer. Holds no token and no key.</summary>
public sealed record RequestEntry
{
    /// <summary>Unique, rising.</summary>
    public required string Id { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Which port.</summary>
    public required ServerSide Side { get; init; }

    /// <summary>HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Path without the prefix.</summary>
    public required string Path { get; init; }

    /// <summary>Query string of management calls, with its question mark; empty for ingest, where it may carry a key.</summary>
    public string Query { get; init; } = "";

    /// <summary>The route that took it, with names for its parameters; <c>unmatched</c> when none did.</summary>
    public required string Route { get; init; }

    /// <summary>Status sent; 0 when the connection was cut instead.</summary>
    public required int Status { get; init; }

    /// <summary>The user agent.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>For management <c>bearer:kind</c>, for ingest the form of the key, or <c>none</c>.</summary>
    public required string Credential { get; init; }

    /// <summary>Content type of the request.</summary>
    public string? ContentType { get; init; }

    /// <summary>Content encoding of the request.</summary>
    public string? ContentEncoding { get; init; }

    /// <summary>What was said about an error.</summary>
    public string? Message { get; init; }

    /// <summary>The fault that was injected, if any.</summary>
    public long? Fault { get; init; }
}

/// <summary>The newest 10,000 requests, and counters over all of them.</summary>
public sealed class RequestLog
{
    /// <summary>How many requests are kept.</summary>
    public const int Capacity = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<RequestEntry> _entries = new();
    private readonly Dictionary<string, long> _counters = new(StringComparer.Ordinal);
    private long _lastId;

    internal RequestLog()
    {
    }

    /// <summary>The requests, oldest first; on one port, or whose path holds a text, when those are given.</summary>
    public ImmutableArray<RequestEntry> All(ServerSide? side = null, string? pathContains = null)
    {
        lock (_gate)
        {
            return [.. _entries.Where(entry => (side is null || entry.Side == side) && (pathContains is null || entry.Path.Contains(pathContains, StringComparison.Ordinal)))];
        }
    }

    /// <summary>Requests by method, route and status, such as <c>POST /api/0/teams/{org}/{team}/projects/ 201</c>.</summary>
    public IReadOnlyDictionary<string, long> Counters()
    {
        lock (_gate)
        {
            return new SortedDictionary<string, long>(_counters, StringComparer.Ordinal);
        }
    }

    /// <summary>Forgets all requests and counters.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _counters.Clear();
        }
    }

    internal string NextId() => $"r{Interlocked.Increment(ref _lastId):D8}";

    internal void Add(RequestEntry entry)
    {
        lock (_gate)
        {
            if (_entries.Count == Capacity)
            {
                _entries.Dequeue();
            }

            _entries.Enqueue(entry);
            var counter = $"{entry.Method} {entry.Route} {entry.Status}";
            _counters[counter] = _counters.GetValueOrDefault(counter) + 1;
        }
    }
}
