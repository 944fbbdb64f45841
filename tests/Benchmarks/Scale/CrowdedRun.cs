namespace SentryOtel.Benchmarks.Scale;

/// <summary>A crowded cluster: from the operator's start until every route is Ready, and when nothing happens. The projects are there before.</summary>
internal sealed class CrowdedRun(ScaleOptions options, TextWriter output)
{
    // What a pass after the last one still does is no part of idling.
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{options.Exporters:N0} exporters, {options.Routes:N0} routes, {options.Pods:N0} pods, {options.Deployments:N0} Deployments");
        await using var world = await ScaleWorld.StartAsync(options, cancellationToken);
        await FillAsync(world, cancellationToken);

        var (began, calls) = (DateTimeOffset.UtcNow, SentryCalls.Read(world.Sentry));
        await using var process = world.StartOperator(options.Operator);
        var took = await new Readiness(world, output).WaitAsync(process, options.Routes, cancellationToken);
        var started = (Memory: ProcessMemory.Of(process.Id), Sentry: SentryCalls.Read(world.Sentry), Time: DateTimeOffset.UtcNow);

        await output.WriteLineAsync($"  all ready; {options.IdleMinutes} minutes of nothing");
        await Task.Delay(SettleTime, cancellationToken);
        var idle = (Sentry: SentryCalls.Read(world.Sentry), From: DateTimeOffset.UtcNow);
        await Task.Delay(TimeSpan.FromMinutes(options.IdleMinutes), cancellationToken);
        var (memory, sentry) = (ProcessMemory.Of(process.Id), SentryCalls.Read(world.Sentry).Since(idle.Sentry));

        MarkdownTable.Write(output, $"{options.Exporters:N0} exporters, {options.Routes:N0} routes, {options.Pods:N0} pods, {options.Deployments:N0} Deployments",
        [
            ("from the operator's start to all Ready", $"{took.TotalSeconds:0} s"),
            ("memory of the operator then, peak", $"{started.Memory.ResidentMiB:0} MiB, {started.Memory.PeakMiB:0} MiB"),
            ($"after {options.IdleMinutes} idle minutes, peak", $"{memory.ResidentMiB:0} MiB, {memory.PeakMiB:0} MiB"),
            ("calls to Sentry answered 429", $"{started.Sentry.Since(calls).Refused:N0}"),
        ]);
        MarkdownTable.Write(output, "calls to Sentry until all were Ready", MarkdownTable.Counts(started.Sentry.Since(calls).ByOperation));
        MarkdownTable.Write(output, "requests to Kubernetes until all were Ready", MarkdownTable.Counts(KubernetesCalls.Read(world, began, started.Time)));
        MarkdownTable.Write(output, "calls to Sentry, an idle minute", MarkdownTable.Counts(sentry.ByOperation, options.IdleMinutes));
        MarkdownTable.Write(output, "requests to Kubernetes, an idle minute", MarkdownTable.Counts(KubernetesCalls.Read(world, idle.From, DateTimeOffset.UtcNow), options.IdleMinutes));
    }

    private async Task FillAsync(ScaleWorld world, CancellationToken cancellationToken)
    {
        var population = new Population(world, output);
        foreach (var number in Enumerable.Range(0, options.Exporters))
        {
            await population.AddExporterAsync(SpaceOf(number), cancellationToken);
        }

        foreach (var number in Enumerable.Range(0, options.Routes))
        {
            world.Sentry.State.Projects.Create($"service-{number}", $"service-{number}");
        }

        await population.AddAsync("routes", options.Routes, number => Population.Route(SpaceOf(number), $"service-{number}"), cancellationToken);
        await population.AddAsync("pods", options.Pods, number => Population.Pod(SpaceOf(number), $"crowd-5d59d67564-{number}"), cancellationToken);
        await population.AddAsync("Deployments", options.Deployments, number => Population.Deployment(SpaceOf(number), $"crowd-{number}", isLabelled: false), cancellationToken);
        await population.SettleAsync(options.Deployments, cancellationToken);
    }

    private string SpaceOf(int number) => $"team-{number % options.Exporters}";
}
