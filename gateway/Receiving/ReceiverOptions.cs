namespace SentryOtel.Gateway.Receiving;

/// <summary>Where and how one OTLP receiver listens.</summary>
internal sealed record ReceiverOptions
{
    /// <summary>Where OTLP/gRPC listens, without TLS; null for nowhere.</summary>
    public ReceiverEndpoint? Grpc { get; init; }

    /// <summary>Where OTLP/HTTP listens, without TLS; null for nowhere.</summary>
    public ReceiverEndpoint? Http { get; init; }

    /// <summary>What a client is told to wait that finds no memory free. 1 s.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How old a connection becomes before its client is asked for a new one, so that long-lived ones spread over
    /// replicas that were added later. 10 min.
    /// </summary>
    public TimeSpan MaxConnectionAge { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Most connections at a time: each may hold up to 1 MiB that no one has asked for yet. 10,000.</summary>
    public int MaxConnections { get; init; } = 10_000;
}

/// <summary>One listening address.</summary>
/// <param name="Host">An IP address without brackets, <c>localhost</c>, or empty for every address.</param>
/// <param name="Port">0 lets the system choose.</param>
/// <param name="MaxRequestBytes">Longest request, before and after decompression.</param>
internal sealed record ReceiverEndpoint(string Host, int Port, int MaxRequestBytes = ReceiverEndpoint.DefaultMaxRequestBytes)
{
    /// <summary>The OTLP specification's recommendation.</summary>
    public const int DefaultMaxRequestBytes = 64 * 1024 * 1024;
}
