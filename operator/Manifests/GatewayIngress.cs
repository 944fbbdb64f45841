using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>Ingresses for OTLP over HTTP and over gRPC, when the exporter asks for them. They are two, since controllers choose the protocol by an annotation.</summary>
internal static class GatewayIngress
{
    private const string Services = "/opentelemetry.proto.collector.";

    // By their full names, so that a host may serve HTTP as well.
    private static readonly string[] GrpcPaths =
        [Services + "logs.v1.LogsService", Services + "metrics.v1.MetricsService", Services + "trace.v1.TraceService"];

    public static JsonObject? Create(GatewayInputs inputs) =>
        inputs.Gateway.Ingress is { } http ? Create(inputs, http, inputs.Name, GatewayPorts.HttpName, ["/v1"]) : null;

    public static JsonObject? CreateGrpc(GatewayInputs inputs) =>
        inputs.Gateway.Ingress?.Grpc is { } grpc ? Create(inputs, grpc, GrpcName(inputs), GatewayPorts.GrpcName, GrpcPaths) : null;

    public static string GrpcName(GatewayInputs inputs) => inputs.Name + "-grpc";

    private static JsonObject Create(GatewayInputs inputs, GatewayIngressRule wanted, string name, string port, IEnumerable<string> paths)
    {
        var ingress = ManifestMetadata.Child(inputs, "networking.k8s.io/v1", "Ingress", wanted.Annotations, name);
        ingress["spec"] = JsonMap.Filled(
            ("rules", new JsonArray(new JsonObject
            {
                ["host"] = wanted.Host,
                ["http"] = new JsonObject { ["paths"] = new JsonArray([.. paths.Select(path => Path(inputs, path, port))]) },
            })),
            ("ingressClassName", wanted.ClassName),
            ("tls", wanted.TlsSecretName is { } secret ? new JsonArray(new JsonObject { ["hosts"] = new JsonArray(wanted.Host), ["secretName"] = secret }) : null));
        return ingress;
    }

    private static JsonObject Path(GatewayInputs inputs, string path, string port) => new()
    {
        ["path"] = path,
        ["pathType"] = "Prefix",
        ["backend"] = new JsonObject
        {
            ["service"] = new JsonObject { ["name"] = inputs.Name, ["port"] = new JsonObject { ["name"] = port } },
        },
    };
}
