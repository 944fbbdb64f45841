using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Manifests;

/// <summary>Whose children the children of a gateway are.</summary>
/// <param name="Uids">Uids of the exporters.</param>
/// <param name="IsShared">Whether several own them together: one of them is their controller, and which of them changes.</param>
internal sealed record GatewayOwners(IReadOnlySet<string> Uids, bool IsShared)
{
    /// <summary>One exporter's own.</summary>
    public static GatewayOwners Of(string uid) => new(new HashSet<string>(StringComparer.Ordinal) { uid }, IsShared: false);

    /// <summary>Those of the exporters that share.</summary>
    public static GatewayOwners Of(IEnumerable<string> uids) => new(uids.ToHashSet(StringComparer.Ordinal), IsShared: true);

    /// <summary>Whether an object with these references is one of their children.</summary>
    public bool Own(IEnumerable<V1OwnerReference>? references) => references?.Any(owner => Owns(owner.Uid, owner.Controller == true)) == true;

    /// <summary>Whether a reference makes an object one of their children.</summary>
    public bool Owns(string? uid, bool isController) => uid is not null && Uids.Contains(uid) && (isController || IsShared);
}
