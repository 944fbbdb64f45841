using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.References;

/// <summary>The kinds of objects that people put secrets and bundles into.</summary>
internal enum ReferencedKind
{
    Secret,
    ConfigMap,
}

/// <summary>An object that an exporter or route names.</summary>
/// <param name="Kind">Secret or ConfigMap.</param>
/// <param name="Key">Its namespace and name.</param>
internal readonly record struct ObjectReference(ReferencedKind Kind, ObjectKey Key)
{
    public static ObjectReference Secret(string @namespace, string name) => new(ReferencedKind.Secret, new ObjectKey(@namespace, name));

    public static ObjectReference ConfigMap(string @namespace, string name) => new(ReferencedKind.ConfigMap, new ObjectKey(@namespace, name));

    public override string ToString() => $"{Kind} {Key}";
}
