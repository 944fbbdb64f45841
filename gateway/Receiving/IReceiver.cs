using System.Net;

namespace SentryOtel.Gateway.Receiving;

/// <summary>The listening side of one receiver component.</summary>
internal interface IReceiver : IAsyncDisposable
{
    /// <summary>Where OTLP/gRPC is served, once started; null when it is not configured.</summary>
    IPEndPoint? Grpc { get; }

    /// <summary>Where OTLP/HTTP is served, once started; null when it is not configured.</summary>
    IPEndPoint? Http { get; }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Stops to take connections and ends when the requests being answered are done, or when the token is cancelled.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
