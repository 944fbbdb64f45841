using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Otlp;

namespace SentryOtel.Gateway.Hosting.Running;

/// <summary>The exporters of a gateway: those of the configuration in force, and those that left it and still send what they hold.</summary>
internal sealed class RunningExporters(Admission admission, Accounts accounts, AttemptObserver attempts, GatewayServices services, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan RetryRoutes = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Running> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, Running> _leaving = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Every pipeline that may hold data.</summary>
    public LiveList<ExporterPipeline> All { get; } = new();

    /// <summary>Why one of them can not route yet; null when all can.</summary>
    public string? NotReady => All.Select(static exporter => exporter.Routes.NotReady is { } why ? $"exporter {exporter.Id}: {why}" : null).FirstOrDefault(why => why is not null);

    /// <summary>The pipeline of an exporter in force.</summary>
    public ExporterPipeline this[string id] => _byId[id].Parts.Pipeline;

    public int Count => _byId.Count;

    /// <summary>Makes and starts the exporters that are not there yet.</summary>
    /// <exception cref="IOException">The place of a queue can not be used; none is added then.</exception>
    public async Task<IReadOnlyList<string>> AddAsync(GatewayConfiguration configuration)
    {
        var added = new List<string>();
        try
        {
            foreach (var (id, exporter) in configuration.Exporters.Where(pair => !_byId.ContainsKey(pair.Key)).ToArray())
            {
                await TakeOverAsync(exporter);
                var running = new Running(new ExporterParts(exporter, BatchesOf(configuration, id), admission, accounts, attempts, services));
                _byId[id] = running;
                added.Add(id);
                All.Add(running.Parts.Pipeline);
                running.Routes = RunRoutesAsync(running);
            }
        }
        catch
        {
            Discard(added);
            throw;
        }

        return added;
    }

    /// <summary>Does what may fail of a change of the exporters that are there, and changes nothing yet.</summary>
    /// <exception cref="KubernetesConfigurationException">Routes are to come from a cluster, and there is none.</exception>
    public void Prepare(GatewayConfiguration configuration)
    {
        foreach (var (id, running) in _byId)
        {
            if (configuration.Exporters.TryGetValue(id, out var exporter))
            {
                running.Parts.Prepare(exporter);
            }
        }
    }

    /// <summary>Has the exporters that were there before work by their new configuration.</summary>
    public void Apply(GatewayConfiguration configuration, ConfigurationChange change)
    {
        foreach (var (id, running) in _byId)
        {
            if (configuration.Exporters.TryGetValue(id, out var exporter))
            {
                running.Parts.Apply(exporter, BatchesOf(configuration, id), change);
            }
        }
    }

    /// <summary>Takes exporters out that nothing comes to any more; what they hold is sent in the background.</summary>
    public void Remove(IEnumerable<string> ids)
    {
        foreach (var id in ids.ToArray())
        {
            if (_byId.TryGetValue(id, out var running))
            {
                Log.ExporterLeaves(logger, id, running.Parts.LongestDrain.TotalSeconds);
                Leave(id, TellAsync);
            }
        }

        async Task TellAsync(Running running)
        {
            await LeaveAsync(running);
            Log.ExporterLeft(logger, running.Parts.Pipeline.Id);
        }
    }

    /// <summary>Takes exporters out that never got anything: the configuration that they came with is not put in force.</summary>
    public void Discard(IEnumerable<string> ids)
    {
        foreach (var id in ids)
        {
            Leave(id, LeaveAsync);
        }
    }

    /// <summary>Sends what all hold until the token ends it; then drops the rest.</summary>
    public async Task DrainAsync(CancellationToken giveUp)
    {
        await using var registration = giveUp.Register(static state => ((CancellationTokenSource)state!).Cancel(), _stop);
        await Task.WhenAll([.. _byId.Values.Select(running => running.Parts.Pipeline.DrainAsync(giveUp)), .. _leaving.Keys]);
        await _stop.CancelAsync();
        await Task.WhenAll(_byId.Values.Select(static running => running.Routes));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll([.. _byId.Values.Select(static running => running.Routes), .. _leaving.Keys]);
        foreach (var running in _byId.Values)
        {
            running.Parts.Dispose();
        }

        _stop.Dispose();
    }

    private static Dictionary<OtlpSignal, BatchConfiguration> BatchesOf(GatewayConfiguration configuration, string exporter) => configuration.Pipelines
        .Where(pipeline => pipeline.Exporters.Contains(exporter))
        .DistinctBy(pipeline => pipeline.Signal)
        .ToDictionary(pipeline => pipeline.Signal, pipeline => pipeline.Batch);

    // An exporter that comes back while it still drains finds what is left on its disk: the drain ends at once.
    private async Task TakeOverAsync(ExporterConfiguration exporter)
    {
        foreach (var (leaving, running) in _leaving)
        {
            if (exporter.Queue.Disk is { } disk && running.Parts.Pipeline.Id == exporter.Id && running.Parts.Pipeline.Disk?.Configuration.Disk?.Directory == disk.Directory)
            {
                await running.Returned.CancelAsync();
                await leaving;
            }
        }
    }

    private void Leave(string id, Func<Running, Task> leave)
    {
        if (_byId.Remove(id, out var running))
        {
            var leaving = leave(running);
            _leaving[leaving] = running;
            _ = leaving.ContinueWith(task => _leaving.TryRemove(task, out _), TaskScheduler.Default);
        }
    }

    private async Task LeaveAsync(Running running)
    {
        using var longest = new CancellationTokenSource(running.Parts.LongestDrain, services.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(longest.Token, running.Returned.Token, _stop.Token);
        await running.Parts.Pipeline.DrainAsync(either.Token);
        await running.Left.CancelAsync();
        await running.Routes;
        All.Remove(running.Parts.Pipeline);
        running.Parts.Dispose();
        running.Left.Dispose();
    }

    private async Task RunRoutesAsync(Running running)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, running.Left.Token);
        var token = either.Token;
        while (!token.IsCancellationRequested)
        {
            try
            {
                await running.Parts.Routes.RunAsync(token);
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.RoutesFailed(logger, exception, running.Parts.Pipeline.Id);
                await Task.Delay(RetryRoutes, services.TimeProvider, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private sealed class Running(ExporterParts parts)
    {
        public ExporterParts Parts { get; } = parts;

        public Task Routes { get; set; } = Task.CompletedTask;

        public CancellationTokenSource Left { get; } = new();

        /// <summary>Cancelled when the exporter is wanted again before it has left.</summary>
        public CancellationTokenSource Returned { get; } = new();
    }
}
