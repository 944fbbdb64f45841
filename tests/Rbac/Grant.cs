using SentryOtel.Cluster.Requests;
using YamlDotNet.RepresentationModel;

namespace SentryOtel.Rbac;

/// <summary>One verb on one resource that a role grants.</summary>
/// <param name="Role">The role, for messages.</param>
/// <param name="ApiGroup">Empty for the core group.</param>
/// <param name="Resource">Plural, with <c>/subresource</c>.</param>
/// <param name="Verb">The verb.</param>
/// <param name="Names">The objects it is granted for; empty for all.</param>
internal sealed record Grant(string Role, string ApiGroup, string Resource, string Verb, IReadOnlyList<string> Names)
{
    public override string ToString() => $"{Role}: {Verb} {(ApiGroup.Length == 0 ? Resource : $"{Resource}.{ApiGroup}")}{(Names.Count == 0 ? "" : $" ({Names[0]})")}";

    /// <summary>Whether a request of the program is what the grant is for.</summary>
    public bool Allows(ProgramRequest request) =>
        (request.Verb == Verb || (Verb == "create" && request.IsCreation)) && request.ApiGroup == ApiGroup && request.Resource == Resource && (Names.Count == 0 || Names.Contains(request.Name));

    /// <summary>Whether the verb on the resource is the same, whoever it is granted to.</summary>
    public bool IsSameAs(Grant other) => (ApiGroup, Resource, Verb) == (other.ApiGroup, other.Resource, other.Verb);

    /// <summary>The grants of every Role and ClusterRole among manifests.</summary>
    public static IReadOnlyList<Grant> Read(string manifests)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(manifests));
        return
        [
            .. yaml.Documents.Select(static document => document.RootNode).OfType<YamlMappingNode>()
                .Where(role => Text(role, "kind") is "Role" or "ClusterRole")
                .SelectMany(static role => ((YamlSequenceNode)role.Children["rules"]).Cast<YamlMappingNode>().SelectMany(rule => Of(role, rule))),
        ];
    }

    private static IEnumerable<Grant> Of(YamlMappingNode role, YamlMappingNode rule) =>
        from apiGroup in List(rule, "apiGroups")
        from resource in List(rule, "resources")
        from verb in List(rule, "verbs")
        select new Grant($"{Text(role, "kind")} {Text((YamlMappingNode)role.Children["metadata"], "name")}", apiGroup, resource, verb, List(rule, "resourceNames"));

    private static string Text(YamlMappingNode map, string key) => ((YamlScalarNode)map.Children[key]).Value!;

    private static List<string> List(YamlMappingNode map, string key) =>
        map.Children.TryGetValue(key, out var list) ? [.. ((YamlSequenceNode)list).Cast<YamlScalarNode>().Select(static item => item.Value!)] : [];
}
