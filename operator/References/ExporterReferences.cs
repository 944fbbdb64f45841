using SentryOtel.Crds;
using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.References;

/// <summary>The Secrets and ConfigMaps that an exporter names.</summary>
internal static class ExporterReferences
{
    /// <summary>All of them: what the operator itself reads, and what gateway pods mount.</summary>
    public static IReadOnlySet<ObjectReference> Of(SentryExporter exporter, IEnumerable<GatewayFile> mounted) =>
        OfConnection(exporter).Union(Mounted(exporter, mounted)).ToHashSet();

    /// <summary>Those that the way to Sentry's API is made of.</summary>
    public static IReadOnlySet<ObjectReference> OfConnection(SentryExporter exporter)
    {
        var (space, spec) = (exporter.Metadata.Namespace!, exporter.Spec);
        if (spec.DsnSecretRef is { } dsn)
        {
            return new HashSet<ObjectReference> { ObjectReference.Secret(space, dsn.Name) };
        }

        var references = new HashSet<ObjectReference>();
        if (spec.AuthTokenSecretRef is { } token)
        {
            references.Add(ObjectReference.Secret(space, token.Name));
        }

        if (spec.Http.Tls?.CaFrom is { } authorities)
        {
            references.Add(Of(space, authorities));
        }

        return references;
    }

    /// <summary>Those that gateway pods mount.</summary>
    public static IReadOnlySet<ObjectReference> Mounted(SentryExporter exporter, IEnumerable<GatewayFile> files) =>
        files.Select(file => Of(exporter.Metadata.Namespace!, file.Source)).ToHashSet();

    /// <summary>The object that a source of certificates names.</summary>
    public static ObjectReference Of(string @namespace, CertificateSource source) => source switch
    {
        { SecretKeyRef: { } secret } => ObjectReference.Secret(@namespace, secret.Name),
        { ConfigMapKeyRef: { } map } => ObjectReference.ConfigMap(@namespace, map.Name),
        _ => throw new ArgumentException("A source without a reference is refused by the validator.", nameof(source)),
    };
}
