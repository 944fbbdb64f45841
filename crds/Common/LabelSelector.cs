using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>Selects objects by their labels. An empty selector selects everything; an absent one nothing.</summary>
public sealed class LabelSelector
{
    /// <summary>Labels that must all be present with exactly these values.</summary>
    [Items(64), Element(63)]
    public Dictionary<string, string>? MatchLabels { get; set; }

    /// <summary>Requirements that must all hold.</summary>
    [Items(32)]
    public List<LabelSelectorRequirement>? MatchExpressions { get; set; }
}

/// <summary>One requirement on one label.</summary>
[ValidationRule(
    "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values) || size(self.values) == 0",
    RuleMessages.SelectorValues)]
public sealed class LabelSelectorRequirement
{
    /// <summary>The label's key.</summary>
    [Required, Length(1, 317), Pattern(Patterns.LabelKey)]
    public string Key { get; set; } = "";

    /// <summary>How the label is compared.</summary>
    [Required]
    public LabelSelectorOperator Operator { get; set; }

    /// <summary>The values of In and NotIn.</summary>
    [Items(64), Element(63)]
    public List<string>? Values { get; set; }
}

/// <summary>How a label is compared.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LabelSelectorOperator>))]
public enum LabelSelectorOperator
{
    /// <summary>The label has one of the values.</summary>
    In,

    /// <summary>The label is absent or has none of the values.</summary>
    NotIn,

    /// <summary>The label is present.</summary>
    Exists,

    /// <summary>The label is absent.</summary>
    DoesNotExist,
}
