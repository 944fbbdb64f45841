using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Configuration;

/// <summary>An OTLP receiver.</summary>
/// <param name="Id">Component id, <c>otlp</c> or <c>otlp/name</c>.</param>
/// <param name="Grpc">OTLP/gRPC, or null.</param>
/// <param name="Http">OTLP/HTTP, or null.</param>
internal sealed record ReceiverConfiguration(string Id, ProtocolConfiguration? Grpc, ProtocolConfiguration? Http)
{
    /// <summary>Refuse the records that Sentry would answer with 200 and then lose.</summary>
    public bool CheckRecords { get; init; } = true;

    /// <summary>Both protocols are served on the one port that both name.</summary>
    public bool OnePort { get; init; }
}

/// <summary>One protocol of a receiver.</summary>
/// <param name="Endpoint">Where to listen.</param>
/// <param name="MaxRequestBytes">Longest request, before and after decompression; the OTLP specification recommends 64 MiB.</param>
internal sealed record ProtocolConfiguration(ListenEndpoint Endpoint, long MaxRequestBytes)
{
    /// <summary>Null for clear text.</summary>
    public ServerTlsConfiguration? Tls { get; init; }

    /// <summary>Who may send; null for everybody.</summary>
    public AuthenticatorConfiguration? Authenticator { get; init; }

    public ConnectionConfiguration Connections { get; init; } = new();

    /// <summary>What only OTLP/HTTP has.</summary>
    public HttpReceiverConfiguration Http { get; init; } = new();
}

/// <summary>What connections and requests may take, against slow and greedy clients.</summary>
internal sealed record ConnectionConfiguration
{
    /// <summary>Most connections at a time: each may hold up to 1 MiB that no one has asked for yet. 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <summary>Most requests at a time on one HTTP/2 connection. 100.</summary>
    public int MaxConcurrentStreams { get; init; } = 100;

    /// <summary>
    /// How old a connection becomes before its client is asked for a new one, so that long-lived ones spread over
    /// replicas that were added later; null for no bound. 10 min.
    /// </summary>
    public TimeSpan? MaxConnectionAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection may have nothing to do; null for no bound. 130 s.</summary>
    public TimeSpan? IdleTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>How long the head of a request may take, and on a shared port the first bytes; null for no bound. 30 s.</summary>
    public TimeSpan? HeadersTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the body of a request may take; null for no bound. 60 s.</summary>
    public TimeSpan? ReadTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes per second that a body must come with once five seconds are over; 0 for none. 240.</summary>
    public int MinBytesPerSecond { get; init; } = 240;

    /// <summary>How long an HTTP/2 connection may be silent before the peer is asked whether it lives; null for never. 60 s.</summary>
    public TimeSpan? PingDelay { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long the peer may take to answer that. 20 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Whether a connection serves more than one request.</summary>
    public bool KeepAlives { get; init; } = true;
}

/// <summary>What only OTLP/HTTP has.</summary>
internal sealed record HttpReceiverConfiguration
{
    public string TracesPath { get; init; } = "/v1/traces";

    public string LogsPath { get; init; } = "/v1/logs";

    public string MetricsPath { get; init; } = "/v1/metrics";

    /// <summary>Null when browsers of other origins get no answer that they may read.</summary>
    public CorsConfiguration? Cors { get; init; }

    /// <summary>Headers of every answer.</summary>
    public ValueList<(string Name, string Value)> ResponseHeaders { get; init; } = ValueList<(string, string)>.Empty;
}

/// <summary>Which browser pages may send.</summary>
/// <param name="Origins">Origins, each with at most one <c>*</c>.</param>
/// <param name="Headers">Request headers beyond the usual ones; <c>*</c> for every one.</param>
/// <param name="ExposedHeaders">Response headers that a page may read.</param>
/// <param name="MaxAge">How long a browser may remember the answer; null for its own default.</param>
internal sealed record CorsConfiguration(
    ValueList<string> Origins, ValueList<string> Headers, ValueList<string> ExposedHeaders, TimeSpan? MaxAge);
