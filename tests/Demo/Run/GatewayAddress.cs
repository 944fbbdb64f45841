namespace SentryOtel.Demo.Run;

/// <summary>Where a gateway pod listens.</summary>
/// <param name="PodAddress">The pod's IP address.</param>
internal sealed record GatewayAddress(string PodAddress)
{
    /// <summary>OTLP over gRPC.</summary>
    public Uri Grpc => new($"http://{PodAddress}:4317");

    /// <summary>OTLP over HTTP.</summary>
    public Uri Http => new($"http://{PodAddress}:4318");

    /// <summary>Metrics and <c>/routes</c>.</summary>
    public Uri Metrics => new($"http://{PodAddress}:8888");
}
