using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The Service that clients send to.</summary>
internal static class GatewayService
{
    public static JsonObject Create(GatewayInputs inputs)
    {
        var service = ManifestMetadata.Child(inputs, "v1", "Service", inputs.Gateway.Service.Annotations);
        service["spec"] = new JsonObject
        {
            ["type"] = inputs.Gateway.Service.Type.ToString(),
            ["selector"] = ManifestMetadata.Selector(inputs.Exporter),
            ["ports"] = new JsonArray(
                Port(GatewayPorts.GrpcName, GatewayPorts.Grpc, inputs.Gateway.Tls is null ? "grpc" : "https"),
                Port(GatewayPorts.HttpName, GatewayPorts.Http, inputs.Gateway.Tls is null ? "http" : "https"),
                Port(GatewayPorts.MetricsName, GatewayPorts.Metrics, "http")),
        };
        return service;
    }

    /// <summary>Where clients in the cluster reach a port of the Service.</summary>
    /// <param name="exporter">The gateway's exporter; of a shared one the host.</param>
    /// <param name="port">The port.</param>
    public static string Address(SentryExporter exporter, int port) =>
        $"{(exporter.Spec.Gateway.Tls is null ? "http" : "https")}://{Naming.Gateway(exporter)}.{exporter.Metadata.Namespace}.svc:{port}";

    // The protocol is part of the merge key, so it is always sent.
    private static JsonObject Port(string name, int port, string application) => new()
    {
        ["name"] = name,
        ["port"] = port,
        ["targetPort"] = name,
        ["protocol"] = "TCP",
        ["appProtocol"] = application,
    };
}
