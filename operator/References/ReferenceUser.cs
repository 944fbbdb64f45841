using SentryOtel.Crds;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.References;

/// <summary>The kinds that refer to Secrets and ConfigMaps.</summary>
internal enum ReferenceUserKind
{
    Exporter,
    Route,
}

/// <summary>Who refers to an object, and is woken when it changes.</summary>
internal readonly record struct ReferenceUser(ReferenceUserKind Kind, ObjectKey Key)
{
    public static ReferenceUser Of(SentryExporter exporter) => new(ReferenceUserKind.Exporter, ObjectKey.Of(exporter));

    public static ReferenceUser Of(SentryProjectRoute route) => new(ReferenceUserKind.Route, ObjectKey.Of(route));
}
