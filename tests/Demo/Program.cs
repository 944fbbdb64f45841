using System.CommandLine;
using SentryOtel.Demo;
using SentryOtel.Demo.Run;
using Spectre.Console;

var once = new Option<bool>("--once") { Description = "End after the check: exit code 0 only if everything arrived in the right project, once." };
var cluster = new Option<string>("--cluster") { Description = "own: a control plane started for this; current: the current kubeconfig context.", DefaultValueFactory = _ => "own" };
cluster.AcceptOnlyFromAmong("own", "current");
var @namespace = new Option<string>("--namespace") { Description = "Where the sample goes.", DefaultValueFactory = _ => "demo" };
var repository = new Option<DirectoryInfo>("--repository") { Description = "The folder with charts/ and examples/.", DefaultValueFactory = _ => new DirectoryInfo(".") };
var programs = new Option<DirectoryInfo>("--programs") { Description = "Where make build left the programs.", DefaultValueFactory = _ => new DirectoryInfo("artifacts") };

var command = new RootCommand(
    "Runs the whole path once, for real: labelled workloads become Sentry projects, and telemetry arrives in them.\n" +
    "With SENTRY_URL, SENTRY_ORG and SENTRY_AUTH_TOKEN set it uses that Sentry instead of the stand-in.")
{
    once, cluster, @namespace, repository, programs,
};
command.SetAction(async (arguments, cancellationToken) =>
{
    if (Console.IsOutputRedirected)
    {
        // A log has no width to wrap at.
        AnsiConsole.Console.Profile.Width = 240;
        AnsiConsole.Console.Profile.Capabilities.Ansi = false;
    }

    var progress = new SentryOtel.Demo.Run.Progress(TimeProvider.System, AnsiConsole.Console);
    try
    {
        var options = new DemoOptions(
            arguments.GetValue(once),
            arguments.GetValue(cluster) == "current",
            arguments.GetValue(@namespace)!,
            arguments.GetValue(programs)!.FullName,
            RealSentry.FromEnvironment(Environment.GetEnvironmentVariable));
        var arrived = await new DemoRun(options, arguments.GetValue(repository)!.FullName, progress, TimeProvider.System).RunAsync(cancellationToken);
        return arrived ? 0 : 1;
    }
    catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
    {
        return 130;
    }
    catch (Exception exception) when (exception is InvalidOperationException or IOException or TimeoutException or HttpRequestException or SentryOtel.Cluster.ClusterStartException)
    {
        progress.Failed(exception.Message);
        return 1;
    }
});
return await command.Parse(args).InvokeAsync();
