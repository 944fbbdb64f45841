using SentryOtel.Crds;

namespace SentryOtel.Operator.Controllers;

/// <summary>Label selectors as the API server evaluates them.</summary>
internal static class LabelSelection
{
    /// <summary>Whether all parts of a selector hold; an empty one selects everything.</summary>
    public static bool Matches(LabelSelector selector, IDictionary<string, string>? labels)
    {
        return (selector.MatchLabels ?? []).All(wanted => Value(wanted.Key) == wanted.Value)
            && (selector.MatchExpressions ?? []).All(Holds);

        string? Value(string key) => labels is not null && labels.TryGetValue(key, out var value) ? value : null;

        bool Holds(LabelSelectorRequirement requirement) => (requirement.Operator, Value(requirement.Key)) switch
        {
            (LabelSelectorOperator.In, { } value) => requirement.Values?.Contains(value) ?? false,
            (LabelSelectorOperator.NotIn, { } value) => !(requirement.Values?.Contains(value) ?? false),
            (LabelSelectorOperator.NotIn, null) => true,
            (LabelSelectorOperator.Exists, { }) => true,
            (LabelSelectorOperator.DoesNotExist, null) => true,
            _ => false,
        };
    }
}
