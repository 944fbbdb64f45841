using System.CommandLine;

namespace SentryOtel.Benchmarks.Scale;

/// <summary>The command line of the scale bench.</summary>
internal static class ScaleCommand
{
    public static Task<int> RunAsync(string[] arguments)
    {
        var program = new Option<string>("--operator") { Description = "The operator's program.", DefaultValueFactory = _ => "artifacts/operator/sentry-otel-operator" };
        var repository = new Option<string>("--repository") { Description = "The folder with charts/.", DefaultValueFactory = _ => "." };
        var workloads = Number("--workloads", "Labelled workloads that become routes from nothing; 0 leaves that run out.", 1_000);
        var exporters = Number("--exporters", "Exporters of the crowded cluster; 0 leaves that run out.", 100);
        var routes = Number("--routes", "Routes of the crowded cluster.", 5_000);
        var pods = Number("--pods", "Pods of the crowded cluster that are nobody's business.", 50_000);
        var deployments = Number("--deployments", "Deployments of the crowded cluster without a label; kube-controller-manager takes a minute for 2,000 of them first.", 500);
        var idle = Number("--idle-minutes", "Minutes for which the operator is watched when all is ready.", 3);
        var limit = Number("--sentry-limit", "Requests a second that Sentry allows each endpoint.", 40);
        var root = new RootCommand(
            """
            Measures the published operator against a real API server and a stand-in Sentry with rate limits. First: labelled workloads, from nothing until every
            route is Ready. Then: a crowded cluster, from the operator's start until every route is Ready, and when nothing happens. Gateways are words only: their
            pods are reported ready and their Leases written. The tables are in Markdown, as in docs/performance.md.
            """) { program, repository, workloads, exporters, routes, pods, deployments, idle, limit };
        root.SetAction((parsed, cancellationToken) => RunAsync(
            new ScaleOptions
            {
                Operator = Path.GetFullPath(parsed.GetValue(program)!),
                Repository = Path.GetFullPath(parsed.GetValue(repository)!),
                Workloads = parsed.GetValue(workloads),
                Exporters = parsed.GetValue(exporters),
                Routes = parsed.GetValue(routes),
                Pods = parsed.GetValue(pods),
                Deployments = parsed.GetValue(deployments),
                IdleMinutes = parsed.GetValue(idle),
                SentryLimit = parsed.GetValue(limit),
            },
            cancellationToken));
        return root.Parse(arguments).InvokeAsync();
    }

    private static Option<int> Number(string name, string description, int standard) => new(name) { Description = description, DefaultValueFactory = _ => standard };

    private static async Task<int> RunAsync(ScaleOptions options, CancellationToken cancellationToken)
    {
        if (!File.Exists(options.Operator))
        {
            Console.Error.WriteLine($"{options.Operator} is not there: run build/publish operator, or name another with --operator.");
            return 2;
        }

        if (options.Workloads > 0)
        {
            await new AnnouncedRun(options, Console.Out).RunAsync(cancellationToken);
        }

        if (options.Exporters > 0)
        {
            await new CrowdedRun(options, Console.Out).RunAsync(cancellationToken);
        }

        return 0;
    }
}
