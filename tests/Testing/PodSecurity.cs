using System.Text.Json.Nodes;

namespace SentryOtel.Testing;

/// <summary>
/// The rules of the Pod Security level "restricted" (Kubernetes documentation, Pod Security Standards) and one more, a root file system that nobody writes to,
/// for manifests before any server has seen them.
/// </summary>
public static class PodSecurity
{
    private static readonly string[] AllowedVolumes = ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];

    /// <summary>What a pod's spec breaks; empty when it is fit.</summary>
    public static IReadOnlyList<string> Violations(JsonNode pod)
    {
        ArgumentNullException.ThrowIfNull(pod);
        var found = new List<string>();
        foreach (var field in (string[])["hostNetwork", "hostPID", "hostIPC"])
        {
            Require((bool?)pod[field] != true, field);
        }

        foreach (var volume in pod["volumes"]?.AsArray() ?? [])
        {
            var kinds = volume!.AsObject().Select(static field => field.Key).Where(static key => key != "name");
            Require(kinds.All(AllowedVolumes.Contains), $"volume {volume["name"]}");
        }

        foreach (var container in Containers(pod))
        {
            var name = (string?)container["name"];
            var own = container["securityContext"];
            Require((bool?)(own?["runAsNonRoot"] ?? pod["securityContext"]?["runAsNonRoot"]) == true, $"{name}: runAsNonRoot");
            Require((int?)(own?["runAsUser"] ?? pod["securityContext"]?["runAsUser"]) != 0, $"{name}: runAsUser");
            Require(
                (string?)(own?["seccompProfile"] ?? pod["securityContext"]?["seccompProfile"])?["type"] is "RuntimeDefault" or "Localhost", $"{name}: seccompProfile");
            Require((bool?)own?["allowPrivilegeEscalation"] == false, $"{name}: allowPrivilegeEscalation");
            Require((bool?)own?["privileged"] != true, $"{name}: privileged");
            Require((bool?)own?["readOnlyRootFilesystem"] == true, $"{name}: readOnlyRootFilesystem");
            Require(Texts(own?["capabilities"]?["drop"]).Contains("ALL"), $"{name}: capabilities.drop");
            Require(Texts(own?["capabilities"]?["add"]).All(static added => added == "NET_BIND_SERVICE"), $"{name}: capabilities.add");
            Require((container["ports"]?.AsArray() ?? []).All(static port => port!["hostPort"] is null), $"{name}: hostPort");
        }

        return found;

        void Require(bool holds, string what)
        {
            if (!holds)
            {
                found.Add(what);
            }
        }
    }

    private static IEnumerable<JsonNode> Containers(JsonNode pod) =>
        ((string[])["initContainers", "containers", "ephemeralContainers"]).SelectMany(field => pod[field]?.AsArray() ?? []).Select(static container => container!);

    private static IEnumerable<string?> Texts(JsonNode? list) => (list?.AsArray() ?? []).Select(static item => (string?)item);
}
