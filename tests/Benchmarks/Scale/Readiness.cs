using System.Diagnostics;
using SentryOtel.Cluster.Processes;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Conditions;

namespace SentryOtel.Benchmarks.Scale;

/// <summary>Waits until every route is Ready, and shows how far that is.</summary>
internal sealed class Readiness(ScaleWorld world, TextWriter output)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>Returns how long it took from now.</summary>
    /// <exception cref="InvalidOperationException">The operator ended.</exception>
    public async Task<TimeSpan> WaitAsync(LocalProcess operatorProcess, int routes, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var all = await world.Client.ListAllAsync<SentryProjectRoute>(null, null, cancellationToken);
            var withProject = all.Items.Count(static route => route.Status?.Conditions.IsConditionTrue("ProjectReady") == true);
            var ready = all.Items.Count(static route => route.Status?.Conditions.IsConditionTrue("Ready") == true);
            var refused = SentryCalls.Read(world.Sentry).Refused;
            await output.WriteLineAsync(
                $"  {watch.Elapsed.TotalSeconds,5:0} s: {all.Items.Count:N0} routes, {withProject:N0} with a project, {ready:N0} ready; {ProcessMemory.Of(operatorProcess.Id).ResidentMiB:0} MiB; {refused:N0} times 429");
            if (ready == routes)
            {
                return watch.Elapsed;
            }

            if (operatorProcess.HasExited)
            {
                throw new InvalidOperationException($"The operator ended:\n{operatorProcess.LogTail()}");
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
}
