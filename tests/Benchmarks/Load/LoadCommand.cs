using System.CommandLine;
using SentryOtel.Benchmarks.Load.Outages;

namespace SentryOtel.Benchmarks.Load;

/// <summary>The command line of the load bench.</summary>
internal static class LoadCommand
{
    private static readonly (string Program, string Argument)[] Needed = [("nginx", "-v"), ("wrk", "-v"), ("h2load", "--version"), ("taskset", "--version")];

    public static Task<int> RunAsync(string[] arguments)
    {
        var gateway = new Option<string>("--gateway") { Description = "The gateway's program.", DefaultValueFactory = _ => "artifacts/gateway/sentry-otel-gateway" };
        var isShort = new Option<bool>("--short") { Description = "One short round per scenario: shows that everything works, not how fast it is." };
        var rounds = new Option<int>("--rounds") { Description = "Rounds per scenario, each one of the gateway and one of nginx in turn.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "Length of a round.", DefaultValueFactory = _ => 4 };
        var only = new Option<string>("--only") { Description = "Only scenarios whose name contains this text.", DefaultValueFactory = _ => string.Empty };
        var core = new Option<int>("--core") { Description = "Core of the program under test; load and sink take core 0, or 1 when this is 0.", DefaultValueFactory = _ => 1 };
        var outages = new Option<bool>("--outages") { Description = "Instead: Sentry answers 503 or hangs under load and comes back. Shows that nothing is lost, that clients are told to back off, and what memory it takes." };
        var outageSeconds = new Option<int>("--outage-seconds") { Description = "With --outages: how long Sentry is away.", DefaultValueFactory = _ => 10 };
        var footprint = new Option<bool>("--footprint") { Description = "Instead: time until ready, memory when idle, size of the program." };
        var root = new RootCommand(
            """
            Measures the published gateway against nginx as a plain forwarding proxy of the same bytes, in turn, each on one core, with the load (wrk, h2load)
            and a sink (nginx) on another. What counts is items per second of the program's own CPU time, so that what else runs on the machine matters
            little; the ratio to nginx takes out the machine. At the end every id of a second run is looked for in a stand-in Sentry.
            """) { gateway, isShort, rounds, seconds, only, core, outages, outageSeconds, footprint };
        root.SetAction(parsed =>
        {
            var options = new LoadOptions
            {
                Gateway = Path.GetFullPath(parsed.GetValue(gateway)!),
                Folder = Directory.CreateTempSubdirectory("bench-load-").FullName,
                Rounds = parsed.GetValue(isShort) ? 1 : parsed.GetValue(rounds),
                Seconds = parsed.GetValue(isShort) ? 1 : parsed.GetValue(seconds),
                WarmUpSeconds = parsed.GetValue(isShort) ? 1 : 6,
                Only = parsed.GetValue(only)!,
                GatewayCore = parsed.GetValue(core),
                LoadCore = parsed.GetValue(core) == 0 ? 1 : 0,
                OutageSeconds = parsed.GetValue(isShort) ? 3 : parsed.GetValue(outageSeconds),
            };
            return (parsed.GetValue(outages), parsed.GetValue(footprint)) switch
            {
                (true, _) => RunAsync(options, () => new OutageRun(options, Console.Out).RunAsync()),
                (_, true) => RunAsync(options, () => new FootprintRun(options, Console.Out).RunAsync()),
                _ => RunAsync(options, () => new LoadRun(options, Console.Out).RunAsync()),
            };
        });
        return root.Parse(arguments).InvokeAsync();
    }

    private static async Task<int> RunAsync(LoadOptions options, Func<Task<bool>> run)
    {
        if (!File.Exists(options.Gateway))
        {
            Console.Error.WriteLine($"{options.Gateway} is not there: run build/publish gateway, or name another with --gateway.");
            return 2;
        }

        var missing = Needed.Where(tool => !ChildProcess.Exists(tool.Program, tool.Argument)).Select(tool => tool.Program).ToList();
        if (missing.Count > 0)
        {
            Console.Error.WriteLine($"Missing: {string.Join(", ", missing)}. build/install-prerequisites --bench installs them.");
            return 2;
        }

        try
        {
            return await run() ? 0 : 1;
        }
        finally
        {
            Directory.Delete(options.Folder, recursive: true);
        }
    }
}
