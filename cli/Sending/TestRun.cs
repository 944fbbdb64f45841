using System.Globalization;
using SentryOtel.Cli.Clusters;
using SentryOtel.Cli.CommandLine;
using SentryOtel.Cli.Terminal;
using SentryOtel.Gateway.Telemetry;
using Spectre.Console;

namespace SentryOtel.Cli.Sending;

/// <summary>Sends a span and a log record, and watches the books until it is known what became of them.</summary>
internal sealed class TestRun(ClusterAccess cluster, TestTarget target, TestOptions options, Screen screen, TimeProvider timeProvider)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private static readonly (string Signal, string What, string Path)[] Signals = [("traces", "span", "/v1/traces"), ("logs", "log record", "/v1/logs")];

    /// <summary>Runs; true when both arrived.</summary>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var before = await ReadAsync(cancellationToken);
        var items = new TestItems(options.Service, target.Exporter.Spec.Routing.ProjectFromAttribute, timeProvider.GetUtcNow());
        screen.Line($"Sending to {Markup.Escape(target.Sender.Target)}, trace {items.TraceId}");
        List<string> watched = [];
        foreach (var (signal, what, path) in Signals)
        {
            var start = timeProvider.GetTimestamp();
            var answer = await target.Sender.SendAsync(path, signal == "traces" ? items.Span() : items.Log(), cancellationToken);
            if (answer.Refusal is null)
            {
                watched.Add(signal);
                Say("green", "ok", what, string.Create(CultureInfo.InvariantCulture, $"accepted by the gateway in {timeProvider.GetElapsedTime(start).TotalMilliseconds:0} ms"));
            }
            else
            {
                Say("red", "!!", what, $"refused by the gateway: {answer.Refusal}");
                if (answer.Cure is not null)
                {
                    screen.Wrapped($"     cure: {answer.Cure}", 5);
                }
            }
        }

        return await WatchAsync(before, watched, cancellationToken);
    }

    private async Task<bool> WatchAsync(IReadOnlyCollection<RoutesView> before, List<string> watched, CancellationToken cancellationToken)
    {
        var fates = new Dictionary<string, Fate>(StringComparer.Ordinal);
        string? project = null;
        var deadline = timeProvider.GetUtcNow() + options.Timeout;
        while (watched.Exists(signal => fates.GetValueOrDefault(signal)?.IsKnown(deadline) != true))
        {
            if (fates.Count > 0)
            {
                if (timeProvider.GetUtcNow() > deadline)
                {
                    break;
                }

                await Task.Delay(Interval, timeProvider, cancellationToken);
            }

            var now = await ReadAsync(cancellationToken);
            foreach (var signal in watched)
            {
                var after = Books.Of(now, options.Service, target.Project, signal);
                project = after.Project ?? project;
                fates[signal] = Fate.Of(Books.Of(before, options.Service, target.Project, signal), after);
            }
        }

        Report(fates, project);
        return watched.Count == Signals.Length && fates.Values.All(static fate => fate.Kind == FateKind.Delivered);
    }

    private void Report(Dictionary<string, Fate> fates, string? project)
    {
        foreach (var (signal, what, _) in Signals)
        {
            if (fates.GetValueOrDefault(signal) is not { } fate)
            {
                continue;
            }

            var (color, sign) = fate.Kind switch
            {
                FateKind.Delivered => ("green", "ok"),
                FateKind.Refused => ("red", "!!"),
                _ => ("yellow", "??"),
            };
            Say(color, sign, what, fate.Kind == FateKind.Pending ? $"no answer of Sentry's within {options.Timeout.TotalSeconds:0} s: it {fate.Text}" : fate.Text);
        }

        if (project is not null)
        {
            screen.Wrapped($"Project: {Link(project)}", 9);
        }
    }

    private string Link(string project) => target.Exporter.Spec.OrgSlug is { } organization
        ? $"{project}, {target.Exporter.Spec.Url.TrimEnd('/')}/organizations/{organization}/projects/{project}/"
        : project;

    private async Task<IReadOnlyCollection<RoutesView>> ReadAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(target.Pods.Select(pod => cluster.Gateways.AskAsync(pod.Namespace, pod.Name, cancellationToken)));
        return Array.Find(answers, static answer => answer.Routes is null) is { } silent
            ? throw new CliException($"gateway pod {silent.Pod} does not tell what became of data (:8888/routes): {silent.Failure}")
            : [.. answers.Select(static answer => answer.Routes!)];
    }

    private void Say(string color, string sign, string what, string text)
    {
        if (screen.IsTerminal)
        {
            screen.Line($"[{color}]{(sign == "ok" ? "✓" : sign == "!!" ? "✗" : "?")}[/] {what}: {Markup.Escape(text)}");
        }
        else
        {
            screen.Wrapped($"[{sign}] {what}: {text}", 5);
        }
    }
}
