using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using SentryOtel.Cli.Clusters;
using SentryOtel.Cli.CommandLine;

namespace SentryOtel.Cli.Tracing;

/// <summary><c>trace SERVICE</c>: where data of a service go, and why.</summary>
internal static class TraceCommand
{
    public static Command Create(GlobalOptions options)
    {
        var service = GlobalOptions.NoOption(new Argument<string>("SERVICE") { Description = "The service's name: the value of the routing attribute, service.name unless the exporter says otherwise." });
        var exporterName = new Option<string?>("--exporter") { Description = "The SentryExporter. Default: all of the namespace.", HelpName = "NAME" };
        var output = GlobalOptions.OutputOption();
        var command = new Verb("trace", "Explains step by step where data of a service would go and why, what is wrong on the way, and what cures it.", """
            Exits with 1 when data would not arrive.

            Examples:
              kubectl sentry-otel trace orders
              kubectl sentry-otel trace orders --exporter main -n observability
              kubectl sentry-otel trace checkout-v2 -A --output json
            """)
        {
            service, exporterName, output,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            using var cluster = new ClusterAccess(parsed, options);
            var exporters = Exporters.Choose(await cluster.ExportersAsync(cancellationToken), parsed.GetValue(exporterName), cluster.Namespace);
            var routes = await cluster.RoutesAsync(cancellationToken);
            var reader = new TraceReader(cluster, options.Environment.TimeProvider);
            var reports = new List<TraceReport>();
            foreach (var exporter in exporters)
            {
                reports.Add(Tracer.Trace(await reader.ReadAsync(parsed.GetValue(service)!, exporter, routes, cancellationToken)));
            }

            var screen = options.ScreenOf(parsed);
            if (parsed.GetValue(output) is not OutputFormat.Table and var format)
            {
                var traces = new JsonArray([.. reports.Select(static report => JsonSerializer.SerializeToNode(report, TraceJsonContext.Default.TraceReport))]);
                screen.Document(new JsonObject { ["traces"] = traces, ["notTold"] = new JsonArray([.. cluster.Gaps.Select(static gap => (JsonNode)gap)]) }, format);
            }
            else
            {
                foreach (var report in reports)
                {
                    TraceView.Show(report, screen);
                    screen.Verbatim("");
                }

                foreach (var gap in cluster.Gaps)
                {
                    screen.Note(gap);
                }

                TraceView.ShowVerdict(reports, screen);
            }

            return reports.Exists(static report => report.Arrives == false) ? ExitCodes.Wrong : ExitCodes.Success;
        });
        return command;
    }
}
