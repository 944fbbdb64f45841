using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Hosting.Reloading;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Receiving.Renewal;
using SentryOtel.Gateway.Receiving.Transport;

namespace SentryOtel.Gateway.Hosting.Running;

/// <summary>
/// The receivers of a gateway. One whose configuration changes is replaced by a new one that listens before the old one closes, on the same socket where the address stays;
/// clients of the old one are sent over with its next answers.
/// </summary>
internal sealed class RunningReceivers(Admission admission, IngestCounters counters, GatewayServices services, ILogger logger) : IAsyncDisposable
{
    /// <summary>How long a connection may be idle before a receiver that was replaced closes it.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(30);

    private readonly IConnectionListenerFactory _sockets = SocketTransport.Create(services.LoggerFactory);
    private readonly ConcurrentDictionary<string, Running> _byId = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ReceiverPipeline> _pipelines = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, Running> _leaving = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Requests that never reached a pipeline: of every receiver that there was, since they are counted from the start of the process.</summary>
    public LiveList<Refusals> Refusals { get; } = new();

    /// <summary>What became of changed certificates and credentials, of every receiver that there was.</summary>
    public Renewals Renewals { get; } = new();

    /// <summary>Those in force.</summary>
    public IReadOnlyDictionary<string, OtlpReceiver> ById => _byId.ToDictionary(pair => pair.Key, pair => pair.Value.Receiver, StringComparer.Ordinal);

    public int Count => _byId.Count;

    /// <summary>Opens the receivers that are new or changed; the old ones still answer as well. Nothing is left open when it throws.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task<Replacement> OpenAsync(
        GatewayConfiguration configuration, ConfigurationChange change, Func<string, PipelineGraph> graphOf, CancellationToken cancellationToken)
    {
        var outgoing = _byId.Where(pair =>
            !configuration.Receivers.TryGetValue(pair.Key, out var receiver) || receiver != pair.Value.Configuration || change.Touches($"receivers.{pair.Key}")).ToDictionary(StringComparer.Ordinal);
        var incoming = new Dictionary<string, Running>(StringComparer.Ordinal);
        try
        {
            foreach (var (id, receiver) in configuration.Receivers.Where(pair => !_byId.ContainsKey(pair.Key) || outgoing.ContainsKey(pair.Key)))
            {
                var transport = new HandOverTransport(_sockets, [.. outgoing.Values.Select(running => running.Transport)]);
                var pipeline = _pipelines.TryGetValue(id, out var known) && _byId.ContainsKey(id) ? known : new ReceiverPipeline(graphOf(id), counters);
                var running = new Running(id, receiver, Make(receiver, pipeline, transport), transport, pipeline);
                incoming[id] = running;
                Refusals.Add(running.Receiver.Refusals);
                await running.Receiver.StartAsync(cancellationToken);
            }
        }
        catch
        {
            foreach (var running in incoming.Values)
            {
                await CloseAsync(running);
            }

            throw;
        }

        return new Replacement(incoming, outgoing);
    }

    /// <summary>Puts graphs and receivers in force. Completes when no request is inside the graphs before.</summary>
    public async Task CommitAsync(GatewayConfiguration configuration, Replacement replacement, Func<string, PipelineGraph> graphOf)
    {
        var swapped = _byId.Keys.Where(configuration.Receivers.ContainsKey).Select(id => _pipelines[id].SwapAsync(graphOf(id))).ToList();
        foreach (var (id, running) in replacement.Outgoing.Where(pair => !configuration.Receivers.ContainsKey(pair.Key)))
        {
            // Its clients have nowhere to go: their connections are closed when what they sent is answered.
            _byId.TryRemove(id, out _);
            _pipelines.TryRemove(id, out _);
            using var giveUp = new CancellationTokenSource(Farewell, services.TimeProvider);
            await running.Receiver.StopAsync(giveUp.Token);
            swapped.Add(running.Pipeline.SwapAsync(PipelineGraph.Empty));
        }

        foreach (var (id, running) in replacement.Incoming)
        {
            _byId[id] = running;
            _pipelines[id] = running.Pipeline;
        }

        await Task.WhenAll(swapped);
        foreach (var running in replacement.Outgoing.Values)
        {
            await running.Transport.UnbindAsync(CancellationToken.None);
            running.Receiver.Retire();
            var leaving = LeaveAsync(running);
            _leaving[leaving] = running;
            _ = leaving.ContinueWith(task => _leaving.TryRemove(task, out _), TaskScheduler.Default);
        }
    }

    /// <summary>Asks for each connection to be closed after its next answer.</summary>
    public void Retire()
    {
        foreach (var running in _byId.Values)
        {
            running.Receiver.Retire();
        }
    }

    /// <summary>Takes no more requests; ends when those being answered are done, or when the token is cancelled.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var pipeline in _pipelines.Values)
        {
            pipeline.Stop();
        }

        await _stop.CancelAsync();
        await Task.WhenAll([.. _byId.Values.Select(running => running.Receiver.StopAsync(cancellationToken)), .. _leaving.Keys]);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_leaving.Keys);
        foreach (var running in _byId.Values)
        {
            await running.Receiver.DisposeAsync();
        }

        _stop.Dispose();
    }

    private OtlpReceiver Make(ReceiverConfiguration receiver, ReceiverPipeline pipeline, IConnectionListenerFactory transport) => new(
        receiver, pipeline, admission, new ReceiverOptions { TimeProvider = services.TimeProvider, Transport = transport, Renewals = Renewals }, services.LoggerFactory);

    private async Task LeaveAsync(Running running)
    {
        await Task.Delay(Farewell, services.TimeProvider, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        using var giveUp = new CancellationTokenSource(Farewell, services.TimeProvider);
        await running.Receiver.StopAsync(giveUp.Token);
        await running.Receiver.DisposeAsync();
        Log.ReceiverLeft(logger, running.Id);
    }

    private static async Task CloseAsync(Running running)
    {
        await running.Receiver.StopAsync(CancellationToken.None);
        await running.Receiver.DisposeAsync();
    }

    /// <summary>Receivers that listen already, and those that they replace.</summary>
    internal sealed record Replacement(IReadOnlyDictionary<string, Running> Incoming, IReadOnlyDictionary<string, Running> Outgoing);

    /// <summary>A receiver and what belongs to it.</summary>
    internal sealed record Running(string Id, ReceiverConfiguration Configuration, OtlpReceiver Receiver, HandOverTransport Transport, ReceiverPipeline Pipeline);
}
