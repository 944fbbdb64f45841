using System.Text.Json.Serialization;
using SentryOtel.Kubernetes.Serialization;

namespace SentryOtel.Kubernetes.Entities;

/// <summary>An Event (events.k8s.io/v1).</summary>
[KubernetesEntity(Group = "events.k8s.io", ApiVersion = "v1", Kind = "Event", PluralName = "events")]
public sealed class V1Event : IKubernetesObject
{
    /// <inheritdoc/>
    public string ApiVersion { get; set; } = "events.k8s.io/v1";

    /// <inheritdoc/>
    public string Kind { get; set; } = "Event";

    /// <inheritdoc/>
    public V1ObjectMeta Metadata { get; set; } = new();

    /// <summary>When it was first seen.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? EventTime { get; set; }

    /// <summary>Repetitions; null for a single event.</summary>
    public V1EventSeries? Series { get; set; }

    /// <summary>Who reports: <c>example.com/controller</c>.</summary>
    public string? ReportingController { get; set; }

    /// <summary>Which instance of it; at most 128 characters.</summary>
    public string? ReportingInstance { get; set; }

    /// <summary>What was done or failed.</summary>
    public string? Action { get; set; }

    /// <summary>Why, for programs; at most 128 characters.</summary>
    public string? Reason { get; set; }

    /// <summary>What it is about.</summary>
    public V1ObjectReference? Regarding { get; set; }

    /// <summary>A second object concerned.</summary>
    public V1ObjectReference? Related { get; set; }

    /// <summary>For people; at most 1024 bytes.</summary>
    public string? Note { get; set; }

    /// <summary><c>Normal</c> or <c>Warning</c>.</summary>
    public string? Type { get; set; }
}

/// <summary>Repetitions of an Event.</summary>
public sealed class V1EventSeries
{
    /// <summary>How often it was seen.</summary>
    public int Count { get; set; }

    /// <summary>When it was last seen.</summary>
    [JsonConverter(typeof(MicroTimeConverter))]
    public DateTimeOffset? LastObservedTime { get; set; }
}

/// <summary>Points to an object (ObjectReference v1).</summary>
public sealed class V1ObjectReference
{
    /// <summary>Group and version.</summary>
    public string? ApiVersion { get; set; }

    /// <summary>Kind.</summary>
    public string? Kind { get; set; }

    /// <summary>Namespace.</summary>
    public string? Namespace { get; set; }

    /// <summary>Name.</summary>
    public string? Name { get; set; }

    /// <summary>Uid.</summary>
    public string? Uid { get; set; }

    /// <summary>Version.</summary>
    public string? ResourceVersion { get; set; }

    /// <summary>A part of it: <c>spec.containers{name}</c>.</summary>
    public string? FieldPath { get; set; }
}
