using System.Text.Json.Nodes;

namespace SentryOtel.Operator.Manifests;

/// <summary>The gateway's pod: fit for the Pod Security level "restricted", with nothing writable but /tmp and the queue's volume.</summary>
internal static class GatewayPod
{
    private const string ConfigVolume = "config";
    private const string FilesVolume = "files";
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
            ["securityContext"] = JsonMap.Filled(
                // Volumes come with root's ownership; a large one is not walked through at every start.
                ("fsGroup", inputs is { IsOnDisk: true, HasFixedUser: true } ? UserId : null),
                ("fsGroupChangePolicy", inputs is { IsOnDisk: true, HasFixedUser: true } ? "OnRootMismatch" : null),
                ("runAsGroup", inputs.HasFixedUser ? UserId : null),
                ("runAsNonRoot", true),
                ("runAsUser", inputs.HasFixedUser ? UserId : null),
                ("seccompProfile", new JsonObject { ["type"] = "RuntimeDefault" })),
            ["serviceAccountName"] = GatewayServiceAccount.NameOf(inputs),
            ["terminationGracePeriodSeconds"] = gateway.TerminationGracePeriodSeconds,
            ["volumes"] = Volumes(inputs),
        };
        Add(pod["containers"]![0]!.AsObject(), "imagePullPolicy", inputs.ImagePullPolicy);
        Add(pod, "affinity", gateway.Affinity?.DeepClone());
        Add(pod, "imagePullSecrets", gateway.ImagePullSecrets is { Count: > 0 } secrets ? [.. secrets.Select(static secret => (JsonNode)new JsonObject { ["name"] = secret.Name })] : (JsonArray?)null);
        Add(pod, "nodeSelector", gateway.NodeSelector is { Count: > 0 } nodes ? ManifestMetadata.Map(nodes) : null);
        Add(pod, "priorityClassName", gateway.PriorityClassName);
        Add(pod, "tolerations", Copy(gateway.Tolerations));
        Add(pod, "topologySpreadConstraints", Copy(gateway.TopologySpreadConstraints));
        return pod;
    }

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
            new JsonObject { ["name"] = ConfigVolume, ["configMap"] = new JsonObject { ["name"] = GatewayConfigMap.NameOf(inputs, inputs.IsOnDisk) } },
            new JsonObject { ["name"] = TemporaryVolume, ["emptyDir"] = new JsonObject() });
        var files = GatewayFiles.Of(inputs);
        if (files.Count > 0)
        {
            volumes.Add((JsonNode)new JsonObject
            {
                ["name"] = FilesVolume,
                ["projected"] = new JsonObject { ["sources"] = GatewayFiles.Sources(files) },
            });
        }

        return volumes;
    }

    private static JsonArray Mounts(GatewayInputs inputs)
    {
        var mounts = new JsonArray(
            new JsonObject { ["name"] = ConfigVolume, ["mountPath"] = GatewayPaths.ConfigFolder, ["readOnly"] = true },
            new JsonObject { ["name"] = TemporaryVolume, ["mountPath"] = "/tmp" });
        if (GatewayFiles.Of(inputs).Count > 0)
        {
            mounts.Add((JsonNode)new JsonObject { ["name"] = FilesVolume, ["mountPath"] = GatewayPaths.FilesFolder, ["readOnly"] = true });
        }

        if (inputs.IsOnDisk)
        {
            mounts.Add((JsonNode)new JsonObject { ["name"] = GatewayStatefulSet.QueueVolume, ["mountPath"] = GatewayPaths.DataFolder });
        }

        return mounts;
    }

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
