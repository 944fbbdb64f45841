using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>
/// A NetworkPolicy that lets OTLP, probes and metrics in and nothing else, when the exporter asks for one; and out, if that is wanted too, only names, the API
/// server, Sentry, and what else the exporter's settings name.
/// </summary>
internal static class GatewayNetworkPolicy
{
    private const int Dns = 53;

    // No selector names the API server, and it may be on a node's port.
    private static readonly int[] ApiServer = [443, 6443];

    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.NetworkPolicy is not { Enabled: true } wanted)
        {
            return null;
        }

        var policy = ManifestMetadata.Child(inputs, "networking.k8s.io/v1", "NetworkPolicy");
        policy["spec"] = JsonMap.Filled(
            ("podSelector", new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) }),
            ("policyTypes", wanted.Egress is null ? new JsonArray("Ingress") : new JsonArray("Egress", "Ingress")),
            ("ingress", new JsonArray(
                Rule("from", wanted.AllowFrom, Tcp(GatewayPorts.Grpc), Tcp(GatewayPorts.Http)),
                Rule("from", wanted.AllowMetricsFrom, Tcp(GatewayPorts.Metrics)),
                // Probes come from the node, which no selector names.
                Rule("from", null, Tcp(GatewayPorts.Health)))),
            ("egress", wanted.Egress is { } egress ? Egress(inputs, egress) : null));
        return policy;
    }

    private static JsonArray Egress(GatewayInputs inputs, NetworkPolicyEgressSpec egress)
    {
        // A gateway speaks to the ingest alone, which is at Sentry's address unless it is overridden.
        IEnumerable<string?> addresses =
        [
            .. inputs.Members.SelectMany(static member => (string?[])[member.Spec.Url, member.Spec.Ingest?.UrlOverride, member.Spec.Http.ProxyUrl]),
            inputs.Exporter.Spec.Metrics?.ForwardTo,
        ];
        var ports = addresses.Select(static address => HttpAddress.TryParse(address, out var uri) ? uri.Port : (int?)null).OfType<int>()
            .Concat(ApiServer).Concat(egress.Ports ?? []).Distinct().Order()
            .Select(Tcp).ToArray();
        return new JsonArray(Rule("to", null, Tcp(Dns), Port(Dns, "UDP")), Rule("to", egress.AllowTo, ports));
    }

    private static JsonObject Rule(string direction, List<JsonObject>? peers, params IEnumerable<JsonObject> ports) => JsonMap.Filled(
        ("ports", new JsonArray([.. ports])),
        (direction, peers is { Count: > 0 } ? new JsonArray([.. peers.Select(static peer => peer.DeepClone())]) : null));

    private static JsonObject Tcp(int port) => Port(port, "TCP");

    private static JsonObject Port(int port, string protocol) => new() { ["port"] = port, ["protocol"] = protocol };
}
