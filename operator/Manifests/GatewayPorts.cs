namespace SentryOtel.Operator.Manifests;

/// <summary>Ports of the gateway's container, by the names that manifests refer to.</summary>
internal static class GatewayPorts
{
    public const int Grpc = 4317;
    public const int Http = 4318;
    public const int Health = 13133;
    public const int Metrics = 8888;

    public const string GrpcName = "otlp-grpc";
    public const string HttpName = "otlp-http";
    public const string HealthName = "health";
    public const string MetricsName = "metrics";
}
