using System.Text.Json;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>Metadata of an object (Kubernetes API reference, ObjectMeta v1).</summary>
public sealed class V1ObjectMeta
{
    /// <summary>Unique within kind and namespace.</summary>
    public string? Name { get; set; }

    /// <summary>Prefix from which the server makes a name when <see cref="Name"/> is absent.</summary>
    public string? GenerateName { get; set; }

    /// <summary>Absent for cluster-scoped objects.</summary>
    public string? Namespace { get; set; }

    /// <summary>Identity in time: another object of the same name has another uid.</summary>
    public string? Uid { get; set; }

    /// <summary>Opaque version; compare for equality only.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>Counts changes of the desired state.</summary>
    public long? Generation { get; set; }

    /// <summary>When the server stored the object.</summary>
    public DateTimeOffset? CreationTimestamp { get; set; }

    /// <summary>When the object is to be gone; set by the server upon deletion.</summary>
    public DateTimeOffset? DeletionTimestamp { get; set; }

    /// <summary>Seconds allowed for a graceful end.</summary>
    public long? DeletionGracePeriodSeconds { get; set; }

    /// <summary>Key and value pairs for selectors.</summary>
    public IDictionary<string, string>? Labels { get; set; }

    /// <summary>Key and value pairs not for selectors.</summary>
    public IDictionary<string, string>? Annotations { get; set; }

    /// <summary>Objects this one depends on.</summary>
    public IList<V1OwnerReference>? OwnerReferences { get; set; }

    /// <summary>What must be cleared before the object goes.</summary>
    public IList<string>? Finalizers { get; set; }

    /// <summary>Who owns which field; the server's own, never sent back.</summary>
    public IList<V1ManagedFieldsEntry>? ManagedFields { get; set; }
}

/// <summary>One field manager's share of an object (ManagedFieldsEntry v1).</summary>
public sealed class V1ManagedFieldsEntry
{
    /// <summary>Name of the manager.</summary>
    public string? Manager { get; set; }

    /// <summary><c>Apply</c> or <c>Update</c>.</summary>
    public string? Operation { get; set; }

    /// <summary>Version the field set is written in.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Subresource through which it was written: <c>status</c>, <c>scale</c>; empty for the object itself.</summary>
    public string? Subresource { get; set; }

    /// <summary>When the manager last changed a field.</summary>
    public DateTimeOffset? Time { get; set; }

    /// <summary>Always <c>FieldsV1</c>.</summary>
    public string? FieldsType { get; set; }

    /// <summary>The set of fields: a trie of <c>f:name</c>, <c>k:{key}</c> and <c>v:value</c> entries.</summary>
    public JsonElement? FieldsV1 { get; set; }
}

/// <summary>Points from a dependent to its owner (OwnerReference v1). Both live in one namespace, or the owner has none.</summary>
public sealed class V1OwnerReference
{
    /// <summary>Group and version of the owner.</summary>
    public string ApiVersion { get; set; } = "";

    /// <summary>Kind of the owner.</summary>
    public string Kind { get; set; } = "";

    /// <summary>Name of the owner.</summary>
    public string Name { get; set; } = "";

    /// <summary>Uid of the owner.</summary>
    public string Uid { get; set; } = "";

    /// <summary>True for the one owner that manages the dependent.</summary>
    public bool? Controller { get; set; }

    /// <summary>Foreground deletion of the owner waits for the dependent.</summary>
    public bool? BlockOwnerDeletion { get; set; }
}
