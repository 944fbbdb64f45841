using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Manifests;

/// <summary>An Ingress for OTLP over HTTP, when the exporter asks for one.</summary>
internal static class GatewayIngress
{
    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.Ingress is not { } wanted)
        {
            return null;
        }

        var ingress = ManifestMetadata.Child(inputs, "networking.k8s.io/v1", "Ingress", wanted.Annotations);
        var backend = new JsonObject
        {
            ["service"] = new JsonObject { ["name"] = inputs.Name, ["port"] = new JsonObject { ["name"] = GatewayPorts.HttpName } },
        };
        var spec = new JsonObject
        {
            ["rules"] = new JsonArray(new JsonObject
            {
                ["host"] = wanted.Host,
                ["http"] = new JsonObject
                {
                    ["paths"] = new JsonArray(new JsonObject { ["path"] = "/v1", ["pathType"] = "Prefix", ["backend"] = backend }),
                },
            }),
        };
        if (wanted.ClassName is { } name)
        {
            spec["ingressClassName"] = name;
        }

        if (wanted.TlsSecretName is { } secret)
        {
            spec["tls"] = new JsonArray(new JsonObject { ["hosts"] = new JsonArray(wanted.Host), ["secretName"] = secret });
        }

        ingress["spec"] = spec;
        return ingress;
    }
}

/// <summary>A PodDisruptionBudget, when the exporter asks for one and the server serves a version that we know.</summary>
internal static class GatewayPodDisruptionBudget
{
    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.PodDisruptionBudget is not { } wanted || inputs.Versions.PodDisruptionBudget is not { } version)
        {
            return null;
        }

        var budget = ManifestMetadata.Child(inputs, version, "PodDisruptionBudget");
        var spec = new JsonObject { ["selector"] = new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) } };
        if (wanted.MinAvailable is { } least)
        {
            spec["minAvailable"] = least.DeepClone();
        }

        if (wanted.MaxUnavailable is { } most)
        {
            spec["maxUnavailable"] = most.DeepClone();
        }

        budget["spec"] = spec;
        return budget;
    }
}

/// <summary>A HorizontalPodAutoscaler, when the exporter asks for one and the server serves a version that we know.</summary>
internal static class GatewayHorizontalPodAutoscaler
{
    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.Autoscaling is not { } wanted || inputs.Versions.HorizontalPodAutoscaler is not { } version)
        {
            return null;
        }

        var autoscaler = ManifestMetadata.Child(inputs, version, "HorizontalPodAutoscaler");
        autoscaler["spec"] = new JsonObject
        {
            ["scaleTargetRef"] = new JsonObject { ["apiVersion"] = "apps/v1", ["kind"] = "Deployment", ["name"] = inputs.Name },
            ["minReplicas"] = wanted.MinReplicas,
            ["maxReplicas"] = wanted.MaxReplicas,
            ["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject
                {
                    ["name"] = "cpu",
                    ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = wanted.TargetCpuUtilizationPercentage },
                },
            }),
        };
        return autoscaler;
    }
}

/// <summary>A NetworkPolicy that lets OTLP, probes and metrics in and nothing else, when the exporter asks for one.</summary>
internal static class GatewayNetworkPolicy
{
    public static JsonObject? Create(GatewayInputs inputs)
    {
        if (inputs.Gateway.NetworkPolicy is not { Enabled: true } wanted)
        {
            return null;
        }

        var policy = ManifestMetadata.Child(inputs, "networking.k8s.io/v1", "NetworkPolicy");
        policy["spec"] = new JsonObject
        {
            ["podSelector"] = new JsonObject { ["matchLabels"] = ManifestMetadata.Selector(inputs.Exporter) },
            ["policyTypes"] = new JsonArray("Ingress"),
            ["ingress"] = new JsonArray(
                Rule(wanted.AllowFrom, GatewayPorts.Grpc, GatewayPorts.Http),
                Rule(wanted.AllowMetricsFrom, GatewayPorts.Metrics),
                // Probes come from the node, which no selector names.
                Rule(null, GatewayPorts.Health)),
        };
        return policy;
    }

    private static JsonObject Rule(List<JsonObject>? peers, params ReadOnlySpan<int> ports)
    {
        var list = new JsonArray();
        foreach (var port in ports)
        {
            list.Add((JsonNode)new JsonObject { ["port"] = port, ["protocol"] = "TCP" });
        }

        var rule = new JsonObject { ["ports"] = list };
        if (peers is { Count: > 0 })
        {
            rule["from"] = new JsonArray([.. peers.Select(static peer => peer.DeepClone())]);
        }

        return rule;
    }
}
