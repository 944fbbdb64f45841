namespace SentryOtel.Crds.Schema;

/// <summary>Short names and categories under which kubectl finds the kind.</summary>
/// <param name="shortNames">Names accepted in place of the plural.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class KubernetesEntityNamesAttribute(params string[] shortNames) : Attribute
{
    public IReadOnlyList<string> ShortNames { get; } = shortNames;

    public string? Category { get; init; }
}

/// <summary>One column of <c>kubectl get</c>, in the order of declaration (<c>additionalPrinterColumns</c>).</summary>
/// <param name="name">Heading.</param>
/// <param name="jsonPath">Path of the cell's value.</param>
/// <param name="type">string, integer, number, boolean or date (rendered as an age).</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
internal sealed class AdditionalPrinterColumnAttribute(string name, string jsonPath, string type = "string") : Attribute
{
    public string Name { get; } = name;

    public string JsonPath { get; } = jsonPath;

    public string Type { get; } = type;

    /// <summary>0 is always shown; greater only with <c>-o wide</c>.</summary>
    public int Priority { get; init; }

    public string? Description { get; init; }
}

/// <summary>The scale subresource: what <c>kubectl scale</c> and a HorizontalPodAutoscaler read and write.</summary>
/// <param name="specReplicasPath">Path of the wanted number.</param>
/// <param name="statusReplicasPath">Path of the observed number.</param>
/// <param name="labelSelectorPath">Path of the pods' selector in its string form.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ScaleSubresourceAttribute(string specReplicasPath, string statusReplicasPath, string labelSelectorPath) : Attribute
{
    public string SpecReplicasPath { get; } = specReplicasPath;

    public string StatusReplicasPath { get; } = statusReplicasPath;

    public string LabelSelectorPath { get; } = labelSelectorPath;
}
