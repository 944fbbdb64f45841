namespace SentryOtel.Kubernetes.Entities;

/// <summary>Names the API resource that a C# type stands for.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class KubernetesEntityAttribute : Attribute
{
    /// <summary>API group; empty for the core group.</summary>
    public string Group { get; init; } = "";

    /// <summary>Version within the group: <c>v1alpha1</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>CamelCase singular: <c>SentryExporter</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Lower-case plural as it stands in URLs: <c>sentryexporters</c>.</summary>
    public required string PluralName { get; init; }
}
