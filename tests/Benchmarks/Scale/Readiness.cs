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
    /// <remarks>Also throws what made the gateways fail.</remarks>
    public async Task<TimeSpan> WaitAsync(LocalProcess operatorProcess, int routes, CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (operatorProcess.HasExited)
            {
                throw new InvalidOperationException($"The operator ended:\n{operatorProcess.LogTail()}");
            }

            if (world.Gateways.IsCompleted)
            {
                await world.Gateways;
            }

            // What exporters say of their routes: reading thousands of routes again and again would be the load that is measured.
            var exporters = await world.Client.ListAllAsync<SentryExporter>(null, null, cancellationToken);
            var accepted = exporters.Items.Sum(static exporter => exporter.Status?.Routes?.Total ?? 0);
            var ready = exporters.Items.Sum(static exporter => exporter.Status?.Routes?.Ready ?? 0);
            var gateways = exporters.Items.Count(static exporter => exporter.Status?.Conditions.IsConditionTrue("GatewayAvailable") == true);
            var refused = SentryCalls.Read(world.Sentry).Refused;
            await output.WriteLineAsync(
                $"  {watch.Elapsed.TotalSeconds,5:0} s: {accepted:N0} routes, {ready:N0} ready; {gateways:N0} gateways; {ProcessMemory.Of(operatorProcess.Id).ResidentMiB:0} MiB; {refused:N0} times 429");
            if (ready >= routes && await AreReadyAsync(routes, cancellationToken))
            {
                return watch.Elapsed;
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }
    private async Task<bool> AreReadyAsync(int routes, CancellationToken cancellationToken)
    {
        var all = await world.Client.ListAllAsync<SentryProjectRoute>(null, null, cancellationToken);
        return all.Items.Count(static route => route.Status?.Conditions.IsConditionTrue("Ready") == true) == routes;
    }
}
