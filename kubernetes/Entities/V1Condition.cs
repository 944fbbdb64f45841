namespace SentryOtel.Kubernetes.Entities;

/// <summary>One aspect of an object's state (Condition v1; also reads the conditions of Deployments, Jobs, Pods and Nodes).</summary>
public sealed class V1Condition
{
    /// <summary>Which aspect: <c>Ready</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary><c>True</c>, <c>False</c> or <c>Unknown</c>.</summary>
    public string Status { get; set; } = "";

    /// <summary>The generation this was observed at.</summary>
    public long? ObservedGeneration { get; set; }

    /// <summary>When <see cref="Status"/> last changed.</summary>
    public DateTimeOffset? LastTransitionTime { get; set; }

    /// <summary>CamelCase, for programs.</summary>
    public string? Reason { get; set; }

    /// <summary>For people.</summary>
    public string? Message { get; set; }
}
