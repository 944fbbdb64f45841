namespace SentryOtel.Benchmarks.Scale;

/// <summary>Labelled workloads, from nothing until every route is Ready.</summary>
internal sealed class AnnouncedRun(ScaleOptions options, TextWriter output)
{
    private const string Space = "shop";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await output.WriteLineAsync($"{options.Workloads:N0} labelled workloads from nothing");
        await using var world = await ScaleWorld.StartAsync(options, cancellationToken);
        var population = new Population(world, output);
        await using var process = world.StartOperator(options.Operator);
        await population.AddExporterAsync(Space, cancellationToken);
        await world.ControlPlane.RunKubectlAsync(["wait", "--for=condition=Ready", "sentryexporter/main", "--namespace", Space, "--timeout=120s"], null, cancellationToken);

        var (began, calls) = (DateTimeOffset.UtcNow, SentryCalls.Read(world.Sentry));
        var adding = population.AddAsync("workloads", options.Workloads, static number => Population.Deployment(Space, $"service-{number}", isLabelled: true), cancellationToken);
        var took = await new Readiness(world, output).WaitAsync(process, options.Workloads, cancellationToken);
        await adding;
        var (memory, sentry) = (ProcessMemory.Of(process.Id), SentryCalls.Read(world.Sentry).Since(calls));
        var kubernetes = KubernetesCalls.Read(world, began, DateTimeOffset.UtcNow);

        MarkdownTable.Write(output, $"{options.Workloads:N0} labelled workloads from nothing, Sentry allows {options.SentryLimit} requests a second per endpoint",
        [
            ("from the first workload to all Ready", $"{took.TotalSeconds:0} s"),
            ("peak memory of the operator", $"{memory.PeakMiB:0} MiB"),
            ("calls to Sentry answered 429", $"{sentry.Refused:N0}"),
        ]);
        MarkdownTable.Write(output, "calls to Sentry", MarkdownTable.Counts(sentry.ByOperation));
        MarkdownTable.Write(output, "requests to Kubernetes", MarkdownTable.Counts(kubernetes));
    }
}
