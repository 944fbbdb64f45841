using System.Globalization;
using System.Text.Json;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Operator.Gateways;

/// <summary>What hinders a pod, in the words of the kubelet or scheduler: ImagePullBackOff, CrashLoopBackOff, Unschedulable ...</summary>
/// <param name="Reason">For a condition.</param>
/// <param name="Message">For people: the pod, the reason once more, and what its kubelet or the scheduler says of it.</param>
internal sealed record PodProblem(string Reason, string Message)
{
    private const string CrashLoopBackOff = "CrashLoopBackOff";
    private const string ImagePullBackOff = "ImagePullBackOff";
    private const int MaxMessage = 512;

    // After so long a kubelet begins its back-off anew.
    private static readonly TimeSpan LongRun = TimeSpan.FromMinutes(10);

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
            if (Of(pod, container) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    // A kubelet's states come and go by the second while the trouble stays: whatever passes for one trouble has one reason and one message here, so that nothing is written while nothing changes.
    private static PodProblem? Of(V1Pod pod, V1ContainerStatus container)
    {
        var waiting = StateOf(container.State, "waiting");
        var reason = TextOf(waiting, "reason");
        if (reason is CrashLoopBackOff || (IsNoTrouble(reason) && IsBetweenCrashes(container)))
        {
            return Create(CrashLoopBackOff, pod, StateOf(container.LastState, "terminated") is { } ended ? $"container {container.Name} ends again and again, last with {EndOf(ended)}" : null);
        }

        return reason is "ErrImagePull" or ImagePullBackOff ? Create(ImagePullBackOff, pod, $"the kubelet can not pull image {container.Image}: see the pod's events")
            : IsNoTrouble(reason) ? null
            : Create(reason!, pod, TextOf(waiting, "message"));
    }

    // Not one that was started anew once: after a restart of its node, say.
    private static bool IsBetweenCrashes(V1ContainerStatus container) =>
        container is { Ready: false, RestartCount: > 1 }
        && StateOf(container.LastState, "terminated") is { } ended
        && !(DateTimeOffset.TryParse(TextOf(ended, "startedAt"), CultureInfo.InvariantCulture, out var from)
            && DateTimeOffset.TryParse(TextOf(ended, "finishedAt"), CultureInfo.InvariantCulture, out var to)
            && to - from >= LongRun);

    private static bool IsNoTrouble(string? reason) => reason is not { Length: > 0 } || Ordinary.Contains(reason);

    private static string EndOf(JsonElement ended) =>
        (ended.TryGetProperty("exitCode", out var code) ? $"exit code {code}" : "no exit code") + (TextOf(ended, "reason") is { Length: > 0 } reason ? $" ({reason})" : "");

    private static JsonElement? StateOf(JsonElement? states, string name) =>
        states is { ValueKind: JsonValueKind.Object } all && all.TryGetProperty(name, out var state) && state.ValueKind == JsonValueKind.Object ? state : null;

    private static string? TextOf(JsonElement? state, string name) =>
        state is { } known && known.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static PodProblem Create(string reason, V1Pod pod, string? message)
    {
        var text = message is { Length: > 0 } ? $"pod {pod.Metadata.Name}: {reason}: {message}" : $"pod {pod.Metadata.Name}: {reason}";
        return new PodProblem(reason, text.Length <= MaxMessage ? text : text[..MaxMessage]);
    }
}
