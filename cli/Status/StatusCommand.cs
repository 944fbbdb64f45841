using System.CommandLine;
using System.Text.Json;
using SentryOtel.Cli.Clusters;
using SentryOtel.Cli.CommandLine;
using Spectre.Console.Rendering;

namespace SentryOtel.Cli.Status;

/// <summary><c>status [NAME]</c>: what there is, and whether it works.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    public static Command Create(GlobalOptions options)
    {
        var name = GlobalOptions.NoOption(new Argument<string?>("NAME") { Description = "The SentryExporter. Default: all of the namespace.", Arity = ArgumentArity.ZeroOrOne });
        var check = new Option<bool>("--check") { Description = "Exit with 1 when an exporter or a route is not Ready." };
        var watch = new Option<bool>("--watch", "-w") { Description = "Look again every two seconds, until Ctrl-C." };
        var output = GlobalOptions.OutputOption();
        var command = new Verb("status", "Shows exporters, routes, gateways and the limits of Sentry's in force.", """
            Examples:
              kubectl sentry-otel status --namespace observability
              kubectl sentry-otel status main --check        for a pipeline: exit code 1 when something is not Ready
              kubectl sentry-otel status -A --output json
            """)
        {
            name, check, watch, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterAccess(parsed, options);
            var time = options.Environment.TimeProvider;
            var reader = new StatusReader(cluster, parsed.GetValue(name), time);
            var screen = options.ScreenOf(parsed);
            var status = await reader.ReadAsync(cancellationToken);
            if (parsed.GetValue(watch))
            {
                if (parsed.GetValue(check) || parsed.GetValue(output) != OutputFormat.Table || !screen.IsTerminal)
                {
                    throw new CliException("--watch draws in a terminal, until Ctrl-C: leave --check and --output away, and do not pipe it", ExitCodes.Usage);
                }

                await screen.LiveAsync(View(status), async () =>
                {
                    await Task.Delay(Interval, time, cancellationToken);
                    return View(await reader.ReadAsync(cancellationToken));
                });
            }

            if (parsed.GetValue(output) is not OutputFormat.Table and var format)
            {
                screen.Document(JsonSerializer.SerializeToNode(status, StatusJsonContext.Default.StatusDocument)!.AsObject(), format);
            }
            else
            {
                screen.Show(View(status));
            }

            return parsed.GetValue(check) && !status.IsReady ? ExitCodes.Wrong : ExitCodes.Success;

            IRenderable View(StatusDocument document) => new StatusView(cluster.Namespace is null, time.GetUtcNow()).Render(document);
        });
        return command;
    }
}
