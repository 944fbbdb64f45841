using System.Globalization;
using System.Text.Json.Nodes;

namespace SentryOtel.Cluster.Pods;

/// <summary>Composes a pod's status as the kubelet would write it.</summary>
internal sealed class PodStatus(string podIP, DateTimeOffset startTime)
{
    private readonly Dictionary<string, (bool Value, DateTimeOffset Since)> _conditions = [];

    /// <summary>The whole status of a pod with these containers, now.</summary>
    internal JsonObject Compose(IReadOnlyList<ContainerWorker> containers, DateTimeOffset now)
    {
        var states = containers.Select(worker => (worker.Container, worker.State, Pid: worker.Process?.Id)).ToList();
        var ready = states.All(entry => entry.State.Ready);
        return new JsonObject
        {
            ["phase"] = Phase([.. states.Select(entry => entry.State)]),
            ["hostIP"] = "127.0.0.1",
            ["podIP"] = podIP,
            ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = podIP }),
            ["startTime"] = Time(startTime),
            ["conditions"] = new JsonArray(
                Condition("PodScheduled", true, now),
                Condition("Initialized", true, now),
                Condition("ContainersReady", ready, now),
                Condition("Ready", ready, now)),
            ["containerStatuses"] = new JsonArray([.. states.Select(entry => new JsonObject
            {
                ["name"] = entry.Container.Name,
                ["image"] = entry.Container.Image,
                ["imageID"] = "process://" + ImageReference.Repository(entry.Container.Image),
                ["containerID"] = entry.Pid is { } pid ? string.Create(CultureInfo.InvariantCulture, $"process://{pid}") : null,
                ["ready"] = entry.State.Ready,
                ["started"] = entry.State.Started,
                ["restartCount"] = entry.State.RestartCount,
                ["state"] = Write(entry.State.Current),
                ["lastState"] = entry.State.Last is { } last ? Write(last) : new JsonObject(),
            })]),
        };
    }

    private static string Phase(IReadOnlyList<ContainerState> states)
    {
        if (states.All(state => state.Current is Terminated))
        {
            return states.All(state => state.Current is Terminated { ExitCode: 0 }) ? "Succeeded" : "Failed";
        }
        // Pending until every container has run once.
        return states.Any(state => state is { Current: Waiting, Last: null }) ? "Pending" : "Running";
    }

    private JsonObject Condition(string type, bool value, DateTimeOffset now)
    {
        if (!_conditions.TryGetValue(type, out var known) || known.Value != value)
        {
            _conditions[type] = known = (value, now);
        }
        var condition = new JsonObject
        {
            ["type"] = type,
            ["status"] = value ? "True" : "False",
            ["lastTransitionTime"] = Time(known.Since),
        };
        if (!value)
        {
            condition["reason"] = "ContainersNotReady";
        }
        return condition;
    }

    private static JsonObject Write(ContainerPhase phase) => phase switch
    {
        Waiting waiting => new JsonObject { ["waiting"] = new JsonObject { ["reason"] = waiting.Reason, ["message"] = waiting.Message } },
        Running running => new JsonObject { ["running"] = new JsonObject { ["startedAt"] = Time(running.StartedAt) } },
        Terminated terminated => new JsonObject
        {
            ["terminated"] = new JsonObject
            {
                ["exitCode"] = terminated.ExitCode,
                ["reason"] = terminated.ExitCode == 0 ? "Completed" : "Error",
                ["message"] = terminated.Message,
                ["startedAt"] = Time(terminated.StartedAt),
                ["finishedAt"] = Time(terminated.FinishedAt),
            },
        },
        _ => throw new InvalidOperationException($"Unknown state {phase.GetType().Name}"),
    };

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
