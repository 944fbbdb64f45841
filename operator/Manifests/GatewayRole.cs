using System.Text.Json.Nodes;
using SentryOtel.Crds;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Manifests;

/// <summary>
/// What the gateway may do: follow the ConfigMaps of the routing tables that it serves by name, say in its Lease what it has loaded, and announce services nobody wrote a
/// route for. No Secret, no other ConfigMap. The operator can grant no more than it holds itself: its own ClusterRole lists the same rules.
/// </summary>
internal static class GatewayRole
{
    public static JsonObject Create(GatewayInputs inputs)
    {
        var role = ManifestMetadata.Child(inputs, "rbac.authorization.k8s.io/v1", "Role");
        var rules = new JsonArray(
            Rule("", "configmaps", ["list", "watch"], RoutingTables(inputs)),
            Rule("coordination.k8s.io", "leases", ["create", "patch"]));
        if (inputs.Members.Any(static member => member.Spec.AutoCreateProjects))
        {
            rules.Add((JsonNode)Rule(SentryOtelGroup.Group, "sentryprojectroutes", ["create", "patch"]));
        }

        role["rules"] = rules;
        return role;
    }

    /// <summary>Binds the role to the gateway's account.</summary>
    public static JsonObject CreateBinding(GatewayInputs inputs)
    {
        var binding = ManifestMetadata.Child(inputs, "rbac.authorization.k8s.io/v1", "RoleBinding");
        binding["roleRef"] = new JsonObject { ["apiGroup"] = "rbac.authorization.k8s.io", ["kind"] = "Role", ["name"] = inputs.Name };
        binding["subjects"] = new JsonArray(new JsonObject
        {
            ["kind"] = "ServiceAccount",
            ["name"] = GatewayServiceAccount.NameOf(inputs),
            ["namespace"] = inputs.Exporter.Metadata.Namespace,
        });
        return binding;
    }

    private static IEnumerable<string> RoutingTables(GatewayInputs inputs) =>
        inputs.Members.SelectMany(static member => Enumerable.Range(0, Naming.MaxRoutingTableSlices).Select(slice => RoutingTableNames.Of(member.Metadata.Name!, slice)));

    private static JsonObject Rule(string group, string resource, string[] verbs, IEnumerable<string>? names = null)
    {
        var rule = new JsonObject
        {
            ["apiGroups"] = new JsonArray(group),
            ["resources"] = new JsonArray(resource),
            ["verbs"] = new JsonArray([.. verbs.Select(static verb => (JsonNode)verb)]),
        };
        if (names is not null)
        {
            rule["resourceNames"] = new JsonArray([.. names.Select(static name => (JsonNode)name)]);
        }

        return rule;
    }
}
