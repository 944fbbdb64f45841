using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Children;

/// <summary>One child that may exist, and what it shall be.</summary>
/// <param name="Resource">Its kind.</param>
/// <param name="Name">Its name.</param>
/// <param name="Wanted">Its manifest; null when it shall not be there.</param>
/// <param name="Live">It, as it is; null when it is not there.</param>
internal sealed record Child(EntityMetadata Resource, string Name, JsonObject? Wanted, JsonObject? Live)
{
    /// <summary>Whether the child is the gateway's pods: a Deployment or a StatefulSet.</summary>
    public bool IsWorkload => Resource == ChildKind.Deployment || Resource == ChildKind.StatefulSet;

    /// <summary>Whether it is going already, and only its dependents keep it.</summary>
    public bool IsTerminating => Live?["metadata"]?["deletionTimestamp"] is not null;

    /// <summary>Whether the live object is a child of these exporters.</summary>
    public bool IsOwnedBy(GatewayOwners owners) =>
        Live?["metadata"]?["ownerReferences"] is JsonArray references
        && references.Any(reference => owners.Owns(reference?["uid"]?.GetValue<string>(), reference?["controller"]?.GetValue<bool>() == true));

    /// <summary>The value of an annotation of the live object.</summary>
    public string? Annotation(string key) => Live?["metadata"]?["annotations"]?[key]?.GetValue<string>();

    /// <summary>Whether a field manager other than this operator owns a field of <c>spec</c>: whoever scales owns replicas.</summary>
    public bool IsSpecFieldOwnedByOther(string field) =>
        Live?["metadata"]?["managedFields"] is JsonArray managers
        && managers.Any(entry =>
            entry?["manager"]?.GetValue<string>() != OperatorOptions.FieldManager
            && entry?["fieldsV1"]?["f:spec"] is JsonObject spec
            && spec.ContainsKey("f:" + field));
}
