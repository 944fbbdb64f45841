using System.Text.Json.Nodes;
using SentryOtel.Cluster;

namespace SentryOtel.Demo.Run;

/// <summary>Waits for the exporter and its routes to become Ready, and tells of every change on the way.</summary>
internal sealed class ReadyWatch(ClusterTools tools, string @namespace, Progress progress, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, string> _seen = [];

    /// <summary>Returns when the exporter and routes for all of <paramref name="values"/> are Ready.</summary>
    /// <exception cref="TimeoutException">They were not in time; the message says what was last seen.</exception>
    public async Task AllAsync(IReadOnlyCollection<string> values, TimeSpan within, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            var ready = await ReadAsync(cancellationToken);
            if (ready.Contains("exporter") && values.All(ready.Contains))
            {
                return;
            }

            if (time.GetElapsedTime(start) > within)
            {
                throw new TimeoutException(
                    $"Not Ready within {within.TotalSeconds:0} s: {string.Join("; ", _seen.Where(entry => !ready.Contains(entry.Key)).Select(entry => $"{entry.Key}: {entry.Value}"))}");
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task<HashSet<string>> ReadAsync(CancellationToken cancellationToken)
    {
        var list = JsonNode.Parse(await tools.KubectlAsync(
            ["get", "sentryexporters,sentryprojectroutes", "--namespace", @namespace, "--output", "json"], cancellationToken: cancellationToken))!;
        var ready = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in list["items"]!.AsArray())
        {
            var isExporter = (string?)item!["kind"] == "SentryExporter";
            var name = isExporter ? "exporter" : (string)item["spec"]!["attributeValue"]!;
            var condition = item["status"]?["conditions"]?.AsArray().FirstOrDefault(candidate => (string?)candidate!["type"] == "Ready");
            var state = condition is null ? "not looked at yet" : $"{condition["reason"]}: {condition["message"]}";
            if ((string?)condition?["status"] == "True")
            {
                ready.Add(name);
            }

            if (!_seen.TryGetValue(name, out var before) || before != state)
            {
                _seen[name] = state;
                Tell(isExporter, name, ready.Contains(name), state);
            }
        }

        return ready;
    }

    private void Tell(bool isExporter, string name, bool ready, string state)
    {
        var subject = isExporter ? "exporter" : $"route of {name}";
        if (ready)
        {
            progress.Done($"{subject} is Ready");
        }
        else
        {
            progress.Step($"{subject}: {state}");
        }
    }
}
