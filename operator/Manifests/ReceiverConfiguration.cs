using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The OTLP receivers of the gateway's configuration: where they listen, TLS, who may send, CORS.</summary>
internal static class ReceiverConfiguration
{
    /// <summary>The extension that knows who may send.</summary>
    public const string Authenticator = "bearertokenauth";

    // The kubelet needs up to a minute to bring a renewed certificate; the gateway shall not add another.
    private const string TlsReloadInterval = "10s";

    public static JsonObject Create(GatewaySpec gateway) => new()
    {
        ["protocols"] = new JsonObject
        {
            ["grpc"] = Protocol(gateway, GatewayPorts.Grpc, cors: null),
            ["http"] = Protocol(gateway, GatewayPorts.Http, Cors(gateway.Cors)),
        },
    };

    /// <summary>The settings of the authenticator; null when everyone may send.</summary>
    public static JsonObject? AuthenticatorOf(GatewaySpec gateway) =>
        gateway.Auth is null ? null : new JsonObject { ["filename"] = GatewayFile.FullPathOf(GatewayFiles.BearerToken) };

    private static JsonObject Protocol(GatewaySpec gateway, int port, JsonObject? cors) => JsonMap.Filled(
        ("endpoint", $"{GatewayConfiguration.PodIp}:{port}"),
        ("tls", Tls(gateway.Tls)),
        ("auth", gateway.Auth is null ? null : new JsonObject { ["authenticator"] = Authenticator }),
        ("cors", cors));

    private static JsonObject? Tls(GatewayTlsSpec? tls) => tls is null ? null : JsonMap.Filled(
        ("cert_file", GatewayFile.FullPathOf(GatewayFiles.Certificate)),
        ("key_file", GatewayFile.FullPathOf(GatewayFiles.CertificateKey)),
        ("client_ca_file", tls.ClientCaFrom is null ? null : GatewayFile.FullPathOf(GatewayFiles.ClientAuthorities)),
        ("reload_interval", TlsReloadInterval));

    private static JsonObject? Cors(GatewayCorsSpec? cors) => cors is null ? null : JsonMap.Filled(
        ("allowed_origins", JsonMap.List(cors.AllowedOrigins)),
        ("allowed_headers", JsonMap.List(cors.AllowedHeaders)),
        ("max_age", cors.MaxAgeSeconds));
}
