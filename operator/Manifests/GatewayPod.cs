using System.Text.Json.Nodes;
using SentryOtel.Crds;

namespace SentryOtel.Operator.Manifests;

/// <summary>The gateway's pod: fit for the Pod Security level "restricted", with nothing writable but /tmp.</summary>
internal static class GatewayPod
{
    private const string ConfigVolume = "config";
    private const string AuthoritiesVolume = "ca";
    private const string TemporaryVolume = "tmp";

    // No account that an image or node is likely to give a meaning to.
    private const int UserId = 65532;

    public static JsonObject Create(GatewayInputs inputs)
    {
        var gateway = inputs.Gateway;
        var pod = new JsonObject
        {
            ["automountServiceAccountToken"] = true,
            ["containers"] = new JsonArray(Container(inputs)),
            ["enableServiceLinks"] = false,
            ["securityContext"] = new JsonObject
            {
                ["runAsGroup"] = UserId,
                ["runAsNonRoot"] = true,
                ["runAsUser"] = UserId,
                ["seccompProfile"] = new JsonObject { ["type"] = "RuntimeDefault" },
            },
            ["serviceAccountName"] = GatewayServiceAccount.NameOf(inputs),
            ["terminationGracePeriodSeconds"] = gateway.TerminationGracePeriodSeconds,
            ["volumes"] = Volumes(inputs),
        };
        Add(pod, "affinity", gateway.Affinity?.DeepClone());
        Add(pod, "nodeSelector", gateway.NodeSelector is { Count: > 0 } nodes ? ManifestMetadata.Map(nodes) : null);
        Add(pod, "priorityClassName", gateway.PriorityClassName);
        Add(pod, "tolerations", Copy(gateway.Tolerations));
        Add(pod, "topologySpreadConstraints", Copy(gateway.TopologySpreadConstraints));
        return pod;
    }

    /// <summary>The bundle that the gateway's connections to Sentry are checked against.</summary>
    public static CertificateSource? Authorities(SentryExporterSpec spec) => (spec.Ingest?.Tls ?? spec.Http.Tls)?.CaFrom;

    private static JsonObject Container(GatewayInputs inputs) => new()
    {
        ["name"] = "gateway",
        ["image"] = inputs.Gateway.Image ?? inputs.DefaultImage,
        ["args"] = new JsonArray("--config", $"{GatewayPaths.ConfigFolder}/{GatewayPaths.ConfigKey}"),
        ["env"] = Environment(inputs),
        ["ports"] = new JsonArray(
            Port(GatewayPorts.GrpcName, GatewayPorts.Grpc),
            Port(GatewayPorts.HttpName, GatewayPorts.Http),
            Port(GatewayPorts.HealthName, GatewayPorts.Health),
            Port(GatewayPorts.MetricsName, GatewayPorts.Metrics)),
        ["livenessProbe"] = Probe("/livez", periodSeconds: 20),
        ["readinessProbe"] = Probe("/readyz", periodSeconds: 5),
        ["resources"] = inputs.Gateway.Resources?.DeepClone() ?? new JsonObject
        {
            ["requests"] = new JsonObject { ["cpu"] = "50m", ["memory"] = "128Mi" },
            ["limits"] = new JsonObject { ["memory"] = "512Mi" },
        },
        ["securityContext"] = new JsonObject
        {
            ["allowPrivilegeEscalation"] = false,
            ["capabilities"] = new JsonObject { ["drop"] = new JsonArray("ALL") },
            ["readOnlyRootFilesystem"] = true,
        },
        ["volumeMounts"] = Mounts(inputs),
    };

    private static JsonArray Environment(GatewayInputs inputs)
    {
        var variables = new JsonArray(
            FromField("POD_IP", "status.podIP"),
            FromField("POD_NAME", "metadata.name"),
            FromField("POD_NAMESPACE", "metadata.namespace"),
            FromField("POD_UID", "metadata.uid"),
            // The diagnostics socket needs a writable file system.
            new JsonObject { ["name"] = "DOTNET_EnableDiagnostics", ["value"] = "0" });
        if (inputs.Exporter.Spec.DsnSecretRef is { } dsn)
        {
            variables.Add((JsonNode)new JsonObject
            {
                ["name"] = GatewayPaths.DsnVariable,
                ["valueFrom"] = new JsonObject { ["secretKeyRef"] = new JsonObject { ["name"] = dsn.Name, ["key"] = dsn.Key } },
            });
        }

        foreach (var own in inputs.Gateway.Env ?? [])
        {
            var variable = new JsonObject { ["name"] = own.Name };
            Add(variable, "value", own.Value);
            Add(variable, "valueFrom", own.ValueFrom?.DeepClone());
            variables.Add((JsonNode)variable);
        }

        return variables;
    }

    private static JsonArray Volumes(GatewayInputs inputs)
    {
        var volumes = new JsonArray(
            new JsonObject { ["name"] = ConfigVolume, ["configMap"] = new JsonObject { ["name"] = inputs.Name } },
            new JsonObject { ["name"] = TemporaryVolume, ["emptyDir"] = new JsonObject() });
        switch (Authorities(inputs.Exporter.Spec))
        {
            case { SecretKeyRef: { } secret }:
                volumes.Add((JsonNode)new JsonObject
                {
                    ["name"] = AuthoritiesVolume,
                    ["secret"] = new JsonObject { ["secretName"] = secret.Name, ["items"] = Item(secret.Key) },
                });
                break;
            case { ConfigMapKeyRef: { } map }:
                volumes.Add((JsonNode)new JsonObject
                {
                    ["name"] = AuthoritiesVolume,
                    ["configMap"] = new JsonObject { ["name"] = map.Name, ["items"] = Item(map.Key) },
                });
                break;
        }

        return volumes;
    }

    private static JsonArray Mounts(GatewayInputs inputs)
    {
        var mounts = new JsonArray(
            new JsonObject { ["name"] = ConfigVolume, ["mountPath"] = GatewayPaths.ConfigFolder, ["readOnly"] = true },
            new JsonObject { ["name"] = TemporaryVolume, ["mountPath"] = "/tmp" });
        if (Authorities(inputs.Exporter.Spec) is not null)
        {
            mounts.Add((JsonNode)new JsonObject { ["name"] = AuthoritiesVolume, ["mountPath"] = GatewayPaths.AuthoritiesFolder, ["readOnly"] = true });
        }

        return mounts;
    }

    private static JsonArray Item(string key) => new(new JsonObject { ["key"] = key, ["path"] = GatewayPaths.AuthoritiesFile });

    private static JsonObject FromField(string name, string path) => new()
    {
        ["name"] = name,
        ["valueFrom"] = new JsonObject { ["fieldRef"] = new JsonObject { ["fieldPath"] = path } },
    };

    private static JsonObject Port(string name, int port) => new() { ["name"] = name, ["containerPort"] = port, ["protocol"] = "TCP" };

    private static JsonObject Probe(string path, int periodSeconds) => new()
    {
        ["httpGet"] = new JsonObject { ["path"] = path, ["port"] = GatewayPorts.HealthName },
        ["periodSeconds"] = periodSeconds,
        ["timeoutSeconds"] = 3,
    };

    private static JsonArray? Copy(List<JsonObject>? items) => items is { Count: > 0 } ? [.. items.Select(static item => item.DeepClone())] : null;

    private static void Add(JsonObject target, string key, JsonNode? value)
    {
        if (value is not null)
        {
            target[key] = value;
        }
    }
}
