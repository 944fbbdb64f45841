using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using SentryOtel.Crds.Schema;
using SentryOtel.Crds.Validation;

namespace SentryOtel.Crds;

/// <summary>A HorizontalPodAutoscaler for the gateway.</summary>
[ValidationRule("self.minReplicas <= self.maxReplicas", RuleMessages.ReplicaBounds)]
public sealed class AutoscalingSpec
{
    /// <summary>Fewest pods.</summary>
    [Default, Range(1, 1000)]
    public int MinReplicas { get; set; } = 1;

    /// <summary>Most pods.</summary>
    [Required, Range(1, 1000)]
    public int MaxReplicas { get; set; } = 1;

    /// <summary>Mean CPU use, in percent of the request, that the autoscaler aims at.</summary>
    [Default, Range(1, 100)]
    [JsonPropertyName("targetCPUUtilizationPercentage")]
    public int TargetCpuUtilizationPercentage { get; set; } = 80;
}

/// <summary>A PodDisruptionBudget for the gateway's pods.</summary>
[ValidationRule("has(self.minAvailable) != has(self.maxUnavailable)", RuleMessages.OneDisruptionBound)]
public sealed class PodDisruptionBudgetSpec
{
    /// <summary>Pods that must stay: a number or a percentage.</summary>
    [IntOrString, Length(1, 16)]
    public JsonNode? MinAvailable { get; set; }

    /// <summary>Pods that may be away: a number or a percentage.</summary>
    [IntOrString, Length(1, 16)]
    public JsonNode? MaxUnavailable { get; set; }
}
