namespace SentryOtel.Gateway.Faults.Support;

/// <summary>A gateway that listens on real sockets, in this process or in its own.</summary>
internal interface IRunningGateway : IAsyncDisposable
{
    /// <summary>OTLP/HTTP.</summary>
    Uri Http { get; }

    /// <summary>OTLP/gRPC.</summary>
    Uri Grpc { get; }

    /// <summary><c>/metrics</c> and <c>/routes</c>.</summary>
    Uri Metrics { get; }

    /// <summary>Why it takes no data yet; null when it does.</summary>
    Task<string?> NotReadyAsync();

    /// <summary>Everything that was logged so far.</summary>
    string LogText { get; }
}
