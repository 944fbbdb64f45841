using System.Text.Json.Serialization;

namespace SentryOtel.SentryServer.State;

/// <summary>The two signals Sentry takes over OTLP.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Signal>))]
public enum Signal
{
    /// <summary>Spans.</summary>
    [JsonStringEnumMemberName("traces")]
    Traces,

    /// <summary>Log records.</summary>
    [JsonStringEnumMemberName("logs")]
    Logs,
}

/// <summary>Where and when a span or log record arrived.</summary>
/// <param name="RequestId">The ingest request that brought it.</param>
/// <param name="ProjectId">The project of the key it came with.</param>
/// <param name="ProjectSlug">That project's slug at the time.</param>
/// <param name="At">When.</param>
public sealed record Arrival(string RequestId, long ProjectId, string ProjectSlug, DateTimeOffset At);

/// <summary>A span as it arrived. Attribute values are text; arrays and maps are JSON.</summary>
public sealed record ReceivedSpan
{
    /// <summary>Where and when it arrived.</summary>
    public required Arrival Arrival { get; init; }

    /// <summary>32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 hexadecimal digits.</summary>
    public required string SpanId { get; init; }

    /// <summary>16 hexadecimal digits, or empty for a root.</summary>
    public required string ParentSpanId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The resource's <c>service.name</c>, or null.</summary>
    public string? ServiceName { get; init; }

    /// <summary>The resource's attributes.</summary>
    public required IReadOnlyDictionary<string, string> ResourceAttributes { get; init; }

    /// <summary>The span's attributes.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }

    /// <summary>How many span events it had; Sentry drops them.</summary>
    public int Events { get; init; }
}

/// <summary>A log record as it arrived. Attribute values are text; arrays and maps are JSON.</summary>
public sealed record ReceivedLog
{
    /// <summary>Where and when it arrived.</summary>
    public required Arrival Arrival { get; init; }

    /// <summary>The body as text.</summary>
    public required string Body { get; init; }

    /// <summary>Sentry's level: trace, debug, info, warn, error or fatal; the record's own text outside the known numbers.</summary>
    public required string Severity { get; init; }

    /// <summary>32 hexadecimal digits, or empty.</summary>
    public required string TraceId { get; init; }

    /// <summary>16 hexadecimal digits, or empty.</summary>
    public required string SpanId { get; init; }

    /// <summary>The resource's <c>service.name</c>, or null.</summary>
    public string? ServiceName { get; init; }

    /// <summary>The resource's attributes.</summary>
    public required IReadOnlyDictionary<string, string> ResourceAttributes { get; init; }

    /// <summary>The record's attributes.</summary>
    public required IReadOnlyDictionary<string, string> Attributes { get; init; }
}

/// <summary>Data that was answered with success and thrown away afterwards, without a word to the sender.</summary>
/// <param name="RequestId">The ingest request that brought it.</param>
/// <param name="Project">The project it was meant for: its slug when the key is known, else the id of the URL.</param>
/// <param name="Signal">The signal of the URL.</param>
/// <param name="Reason">For instance <c>invalid_protobuf</c>, <c>invalid_json</c>, <c>invalid_trace_id</c>, <c>invalid_span_id</c>, <c>wrong_signal</c>, <c>ProjectId</c>, <c>Cors</c>, <c>FeatureDisabled</c>, <c>rate_limited</c>.</param>
/// <param name="Items">How many spans or records, 1 when the body could not be read.</param>
/// <param name="At">When.</param>
public sealed record DroppedAsync(string RequestId, string Project, Signal Signal, string Reason, int Items, DateTimeOffset At);

/// <summary>What a project received since the start or the last clearing; exact, however much is kept.</summary>
/// <param name="Spans">Spans stored.</param>
/// <param name="Logs">Log records stored.</param>
/// <param name="Requests">Successful requests.</param>
/// <param name="Bytes">Their bodies after decompression.</param>
/// <param name="Lost">Items answered with success and thrown away.</param>
/// <param name="LastSeen">Last successful request.</param>
public sealed record ProjectTotals(long Spans, long Logs, long Requests, long Bytes, long Lost, DateTimeOffset? LastSeen)
{
    internal static ProjectTotals None { get; } = new(0, 0, 0, 0, 0, null);
}
