using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Conditions;

/// <summary>
/// Reads and sets conditions by the API conventions: one per type; lastTransitionTime moves only with the status, while
/// reason, message and observedGeneration always follow.
/// </summary>
public static class ConditionExtensions
{
    /// <summary>Longest reason the Condition schema allows.</summary>
    public const int MaxReason = 1024;

    /// <summary>Longest message the Condition schema allows.</summary>
    public const int MaxMessage = 32768;

    /// <summary>The condition of a type; null when it was never set.</summary>
    public static V1Condition? FindCondition(this IEnumerable<V1Condition>? conditions, string type) =>
        conditions?.FirstOrDefault(condition => condition.Type == type);

    /// <summary>Whether the condition of a type is there and True.</summary>
    public static bool IsConditionTrue(this IEnumerable<V1Condition>? conditions, string type) =>
        conditions.FindCondition(type)?.Status == ConditionStatus.True;

    /// <summary>Sets a condition and says whether anything changed.</summary>
    /// <param name="conditions">The list to change; the changed condition is a new object, its place stays.</param>
    /// <param name="type">Which.</param>
    /// <param name="status">One of <see cref="ConditionStatus"/>.</param>
    /// <param name="reason">CamelCase, at least one character.</param>
    /// <param name="message">For people; cut at 32768 characters.</param>
    /// <param name="observedGeneration">metadata.generation of the entity that was looked at.</param>
    /// <param name="timeProvider">The time of a transition.</param>
    public static bool SetCondition(
        this IList<V1Condition> conditions, string type, string status, string reason, string message, long? observedGeneration, TimeProvider timeProvider)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        ArgumentException.ThrowIfNullOrEmpty(type);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(reason.Length, MaxReason, nameof(reason));
        if (status is not (ConditionStatus.True or ConditionStatus.False or ConditionStatus.Unknown))
        {
            throw new ArgumentException($"The status of a condition is True, False or Unknown, not '{status}'.", nameof(status));
        }

        var known = conditions.FindCondition(type);
        var condition = new V1Condition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message.Length <= MaxMessage ? message : message[..MaxMessage],
            ObservedGeneration = observedGeneration,
            LastTransitionTime = known?.Status == status && known.LastTransitionTime is { } since ? since : WholeSeconds(timeProvider.GetUtcNow()),
        };
        if (known is null)
        {
            conditions.Add(condition);
            return true;
        }

        conditions[conditions.IndexOf(known)] = condition;
        return !Same(known, condition);
    }

    /// <summary>Removes a condition and says whether it was there.</summary>
    public static bool RemoveCondition(this IList<V1Condition> conditions, string type)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        return conditions.FindCondition(type) is { } known && conditions.Remove(known);
    }

    /// <summary>Whether two lists say the same, in whatever order.</summary>
    public static bool SameConditions(this IReadOnlyCollection<V1Condition> conditions, IReadOnlyCollection<V1Condition> others)
    {
        ArgumentNullException.ThrowIfNull(conditions);
        ArgumentNullException.ThrowIfNull(others);
        return conditions.Count == others.Count
            && conditions.All(condition => others.FindCondition(condition.Type) is { } other && Same(condition, other));
    }

    private static bool Same(V1Condition x, V1Condition y) =>
        x.Status == y.Status && x.Reason == y.Reason && x.Message == y.Message
        && x.ObservedGeneration == y.ObservedGeneration && x.LastTransitionTime == y.LastTransitionTime;

    /// <summary>The API stores whole seconds; a fraction would make each comparison with what was read back differ.</summary>
    private static DateTimeOffset WholeSeconds(DateTimeOffset time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Offset);
}
