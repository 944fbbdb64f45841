namespace SentryOtel.Kubernetes.Entities;

/// <summary>Selects objects by their labels: all parts must hold; empty selects everything (LabelSelector v1).</summary>
public sealed class V1LabelSelector
{
    /// <summary>Labels that must have these values.</summary>
    public IDictionary<string, string>? MatchLabels { get; set; }

    /// <summary>Further requirements.</summary>
    public IList<V1LabelSelectorRequirement>? MatchExpressions { get; set; }
}

/// <summary>One requirement upon a label (LabelSelectorRequirement v1).</summary>
public sealed class V1LabelSelectorRequirement
{
    /// <summary>The label.</summary>
    public string Key { get; set; } = "";

    /// <summary><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>.</summary>
    public string Operator { get; set; } = "";

    /// <summary>For <c>In</c> and <c>NotIn</c>.</summary>
    public IList<string>? Values { get; set; }
}
