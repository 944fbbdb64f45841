namespace SentryOtel.Operator.Manifests;

/// <summary>Where the gateway's container finds its files and secrets.</summary>
internal static class GatewayPaths
{
    public const string ConfigFolder = "/etc/sentry-otel/config";
    public const string ConfigKey = "gateway.yaml";
    public const string AuthoritiesFolder = "/etc/sentry-otel/ca";
    public const string AuthoritiesFile = "ca.crt";
    public const string DsnVariable = "SENTRY_DSN";
}
