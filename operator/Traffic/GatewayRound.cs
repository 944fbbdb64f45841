using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Gateways;
using SentryOtel.Operator.Manifests;
using SentryOtel.Operator.Rounds;

namespace SentryOtel.Operator.Traffic;

/// <summary>Asks every gateway that lives, a few at a time. One that does not answer is left out, counted, and named once in the log.</summary>
/// <param name="client">Where pods are looked up.</param>
/// <param name="leases">Tells who lives.</param>
/// <param name="reader">Asks them.</param>
/// <param name="concurrency">How many at a time.</param>
/// <param name="parts">Keeps what fails of one exporter from the others.</param>
/// <param name="logger">Where silent gateways are named.</param>
internal sealed class GatewayRound(IKubernetesClient client, GatewayLeases leases, GatewayReader reader, int concurrency, RoundParts parts, ILogger logger)
{
    private readonly GatewayPods _pods = new(client);
    private readonly ConcurrentDictionary<string, ReadFailure> _silent = new(StringComparer.Ordinal);

    /// <summary>Per exporter its gateways, with the document of each that answered; an exporter whose gateways could not be told is left out.</summary>
    public async Task<IReadOnlyDictionary<ObjectKey, IReadOnlyList<(LiveGateway Gateway, GatewayDocument? Document)>>> RunAsync(
        IReadOnlyCollection<SentryExporter> exporters, CancellationToken cancellationToken)
    {
        var gateways = new List<(SentryExporter Exporter, LiveGateway Gateway)>();
        var told = exporters.Where(exporter => parts.Try(LeasesOf(exporter), () => gateways.AddRange([
            .. leases.Live(exporter).Select(LiveGateway.Of).OfType<LiveGateway>().DistinctBy(static gateway => gateway.Pod).Select(gateway => (exporter, gateway)),
        ]))).ToList();
        var answers = new ConcurrentDictionary<(string Gateway, string Pod), GatewayDocument?>();
        await Parallel.ForEachAsync(
            // One that several share is asked once for all of them.
            gateways.DistinctBy(static asked => KeyOf(asked.Exporter, asked.Gateway)),
            new ParallelOptions { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken },
            async (asked, token) => answers[KeyOf(asked.Exporter, asked.Gateway)] = await ReadAsync(asked.Exporter, asked.Gateway, token).ConfigureAwait(false))
            .ConfigureAwait(false);
        Keep(gateways.Select(static asked => asked.Gateway.Id).ToHashSet(StringComparer.Ordinal));
        return told.ToDictionary(
            static exporter => ObjectKey.Of(exporter),
            exporter => (IReadOnlyList<(LiveGateway, GatewayDocument?)>)[
                .. gateways.Where(asked => ReferenceEquals(asked.Exporter, exporter))
                    .Select(asked => (asked.Gateway, PartOf(exporter, answers[KeyOf(exporter, asked.Gateway)]))),
            ]);
    }

    /// <summary>What of an exporter this does, as the log calls it.</summary>
    public static string LeasesOf(SentryExporter exporter) => $"the Leases of {ObjectKey.Of(exporter)}";

    private static (string Gateway, string Pod) KeyOf(SentryExporter exporter, LiveGateway gateway) =>
        ($"{exporter.Metadata.Namespace}/{Naming.Instance(exporter)}", gateway.Id);

    // Ids of projects are one Sentry's own: those of another exporter are others.
    private static GatewayDocument? PartOf(SentryExporter exporter, GatewayDocument? document)
    {
        if (document?.Exporters is null || !exporter.Spec.Gateway.Shared)
        {
            return document;
        }

        var component = GatewayConfiguration.ComponentOf(exporter);
        return document with { Exporters = [.. document.Exporters.Where(part => part.Exporter == component)] };
    }

    private async Task<GatewayAnswer> AskAsync(SentryExporter exporter, LiveGateway gateway, CancellationToken cancellationToken)
    {
        try
        {
            var (address, failure) = await _pods.FindAsync(exporter, gateway, cancellationToken).ConfigureAwait(false);
            return address is null
                ? failure!
                : await reader.ReadAsync(GatewayReader.AddressOf(address, GatewayPorts.Metrics), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What one gateway has written must not end the round of all.
            return GatewayAnswer.Failed(ReadFailure.Failed, $"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private async Task<GatewayDocument?> ReadAsync(SentryExporter exporter, LiveGateway gateway, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(exporter, gateway, cancellationToken).ConfigureAwait(false);
        TrafficMetrics.Read(answer.Document is null ? answer.Failure : null);
        if (answer.Document is not null)
        {
            if (_silent.TryRemove(gateway.Id, out _))
            {
                Log.GatewayReadAgain(logger, gateway.Pod);
            }

            return answer.Document;
        }

        _pods.Forget(gateway);

        // A pod that is gone, or not there yet, is no news.
        if (answer.Failure is not (ReadFailure.Gone or ReadFailure.NoAddress) && _silent.TryAdd(gateway.Id, answer.Failure))
        {
            Log.GatewayUnread(logger, gateway.Pod, answer.Failure.Name(), answer.Message);
        }

        return null;
    }

    private void Keep(HashSet<string> live)
    {
        _pods.Keep(live);
        foreach (var id in _silent.Keys)
        {
            if (!live.Contains(id))
            {
                _silent.TryRemove(id, out _);
            }
        }
    }
}
