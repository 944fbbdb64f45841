using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cli.Clusters;

/// <summary>The condition Ready of an exporter or a route, as far as it speaks of the present spec.</summary>
/// <param name="Status">True, False or Unknown.</param>
/// <param name="Reason">CamelCase.</param>
/// <param name="Message">For people.</param>
internal sealed record Readiness(string Status, string Reason, string Message)
{
    private const string NotObserved = "NotObserved";

    public bool IsReady => Status == ConditionStatus.True;

    public static Readiness Of(V1ObjectMeta metadata, IEnumerable<V1Condition>? conditions) => conditions.FindCondition("Ready") switch
    {
        null => new Readiness(ConditionStatus.Unknown, NotObserved, "no operator has looked at it yet: does one run, and does it watch this namespace?"),
        { ObservedGeneration: { } seen } when seen < metadata.Generation =>
            new Readiness(ConditionStatus.Unknown, NotObserved, "the operator has not looked at the newest spec yet"),
        var ready => new Readiness(ready.Status, ready.Reason ?? "", ready.Message ?? ""),
    };
}
