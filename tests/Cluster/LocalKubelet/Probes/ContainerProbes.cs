using SentryOtel.Cluster.Objects;

namespace SentryOtel.Cluster.Probes;

/// <summary>The probes of one run of a container: startup first, then liveness and readiness.</summary>
internal sealed class ContainerProbes : IDisposable
{
    private readonly (Probe Probe, HttpProbe Http)? _startup;
    private readonly (Probe Probe, HttpProbe Http)? _liveness;
    private readonly (Probe Probe, HttpProbe Http)? _readiness;

    /// <exception cref="Pods.ContainerConfigurationException">A probe is of a kind that is not supported, or names an unknown port.</exception>
    internal ContainerProbes(Container container, string podIP)
    {
        (Probe, HttpProbe)? Create(Probe? probe) => probe is null ? null : (probe, new HttpProbe(probe, container, podIP));
        _startup = Create(container.StartupProbe);
        _liveness = Create(container.LivenessProbe);
        _readiness = Create(container.ReadinessProbe);
    }

    /// <summary>Runs until cancelled.</summary>
    /// <param name="started">The startup probe has succeeded, or there is none.</param>
    /// <param name="ready">The readiness changed.</param>
    /// <param name="unhealthy">The startup or liveness probe has failed: the container is to be started again.</param>
    /// <param name="cancellationToken">Ends the probes.</param>
    internal async Task RunAsync(Action started, Action<bool> ready, Action<string> unhealthy, CancellationToken cancellationToken)
    {
        if (_startup is { } startup && !await PassAsync(startup.Probe, startup.Http, unhealthy, cancellationToken))
        {
            return;
        }
        started();
        if (_readiness is null)
        {
            ready(true);
        }
        await Task.WhenAll(
            _readiness is { } readiness
                ? ProbeLoop.RunAsync(readiness.Probe, readiness.Http, (healthy, _) => ready(healthy), cancellationToken)
                : Task.CompletedTask,
            _liveness is { } liveness
                ? ProbeLoop.RunAsync(liveness.Probe, liveness.Http, (healthy, why) => Report(healthy, "liveness", why, unhealthy), cancellationToken)
                : Task.CompletedTask);
    }

    public void Dispose()
    {
        _startup?.Http.Dispose();
        _liveness?.Http.Dispose();
        _readiness?.Http.Dispose();
    }

    private static void Report(bool healthy, string probe, string why, Action<string> unhealthy)
    {
        if (!healthy)
        {
            unhealthy($"{probe} probe failed: {why}");
        }
    }

    private static async Task<bool> PassAsync(Probe probe, HttpProbe http, Action<string> unhealthy, CancellationToken cancellationToken)
    {
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var passed = false;
        try
        {
            await ProbeLoop.RunAsync(
                probe,
                http,
                (healthy, why) =>
                {
                    passed = healthy;
                    Report(healthy, "startup", why, unhealthy);
                    decided.Cancel();
                },
                decided.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Decided.
        }
        return passed;
    }
}
