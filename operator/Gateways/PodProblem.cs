using System.Text.Json;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Gateways;

/// <summary>What hinders a pod, in the words of the kubelet or scheduler: ImagePullBackOff, CrashLoopBackOff, Unschedulable ...</summary>
/// <param name="Reason">For a condition.</param>
/// <param name="Message">For people: the pod, the reason once more, and what its kubelet or the scheduler says of it.</param>
internal sealed record PodProblem(string Reason, string Message)
{
    private const int MaxMessage = 512;

    // On the way, not in trouble.
    private static readonly HashSet<string> Ordinary = new(StringComparer.Ordinal) { "ContainerCreating", "PodInitializing" };

    /// <summary>The first problem by name of the pod, so that the answer stays the same; null when none has one.</summary>
    public static PodProblem? Of(IEnumerable<V1Pod> pods) =>
        pods.Where(static pod => pod.Metadata.DeletionTimestamp is null)
            .OrderBy(static pod => pod.Metadata.Name, StringComparer.Ordinal)
            .Select(Of)
            .FirstOrDefault(static problem => problem is not null);

    private static PodProblem? Of(V1Pod pod)
    {
        if (pod.Status?.Conditions.FindCondition("PodScheduled") is { Status: ConditionStatus.False, Reason: { Length: > 0 } reason } unscheduled)
        {
            return Create(reason, pod, unscheduled.Message);
        }

        foreach (var container in pod.Status?.ContainerStatuses ?? [])
        {
            if (container.State is { ValueKind: JsonValueKind.Object } state
                && state.TryGetProperty("waiting", out var waiting)
                && waiting.TryGetProperty("reason", out var why)
                && why.GetString() is { Length: > 0 } hindrance
                && !Ordinary.Contains(hindrance))
            {
                return Create(hindrance, pod, waiting.TryGetProperty("message", out var message) ? message.GetString() : null);
            }
        }

        return null;
    }

    private static PodProblem Create(string reason, V1Pod pod, string? message)
    {
        var text = message is { Length: > 0 } ? $"pod {pod.Metadata.Name}: {reason}: {message}" : $"pod {pod.Metadata.Name}: {reason}";
        return new PodProblem(reason, text.Length <= MaxMessage ? text : text[..MaxMessage]);
    }
}
