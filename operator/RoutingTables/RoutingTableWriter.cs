using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Operator.Configuration;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>
/// Brings the ConfigMaps of a table up to date. It compiles against what the server has, not the cache, and each write fails when that has moved on:
/// two tables of one generation would tell gateways apart that serve the same.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="timeProvider">The time at which a table begins.</param>
internal sealed class RoutingTableWriter(IKubernetesClient client, TimeProvider timeProvider)
{
    private static readonly ApplyOptions Apply = new() { FieldManager = OperatorOptions.FieldManager, Force = true };
    private static readonly CreateOptions Create = new() { FieldManager = OperatorOptions.FieldManager };

    /// <summary>Compiles and writes.</summary>
    /// <param name="exporter">Whose table.</param>
    /// <param name="entries">Its routes.</param>
    /// <param name="fallback">Its fallback project.</param>
    /// <param name="cancellationToken">Ends it; a table half written is made whole by the next pass.</param>
    /// <exception cref="KubernetesException">The API server refused a request.</exception>
    public async Task<RoutingTableWrite> WriteAsync(
        SentryExporter exporter, IReadOnlyList<RouteEntry> entries, FallbackTarget fallback, CancellationToken cancellationToken)
    {
        try
        {
            return await WriteLiveAsync(exporter, entries, fallback, cancellationToken).ConfigureAwait(false);
        }
        catch (KubernetesException exception) when (exception.IsConflict || exception.IsAlreadyExists)
        {
            return new RoutingTableWrite(RoutingTableOutcome.Overtaken, exception.Message);
        }
    }

    /// <summary>The table that is wanted, given the one that is there; the latter's own slices when it is right.</summary>
    public IReadOnlyList<RoutingTableSlice> Compile(
        SentryExporter exporter, IReadOnlyList<RouteEntry> entries, FallbackTarget fallback, IEnumerable<StoredSlice> stored)
    {
        var previous = stored.Select(static slice => slice.Slice).OfType<RoutingTableSlice>().ToList();
        var inForce = previous.MaxBy(static slice => slice.Generation)?.Fallback;

        // A table that is made again after its loss must be newer than the lost one: it begins at the present second, and is not changed more than
        // once in one.
        return RoutingTableCompiler.Compile(
            RoutingTableSettings.Of(exporter, fallback.Over(inForce)), entries, previous, timeProvider.GetUtcNow().ToUnixTimeSeconds());
    }

    /// <summary>Whether a stored slice is what it should be in every respect that counts.</summary>
    public static bool IsRight(StoredSlice? stored, RoutingTableSlice wanted, SentryExporter exporter) =>
        stored is not null
        && ReferenceEquals(stored.Slice, wanted)
        && RoutingTableMaps.IsLabelled(stored.Map, exporter)
        && RoutingTableMaps.IsOwned(stored.Map, exporter);

    private async Task<RoutingTableWrite> WriteLiveAsync(
        SentryExporter exporter, IReadOnlyList<RouteEntry> entries, FallbackTarget fallback, CancellationToken cancellationToken)
    {
        var (slices, live) = await CompileLiveAsync(exporter, entries, fallback, cancellationToken).ConfigureAwait(false);
        if (slices.Count > Naming.MaxRoutingTableSlices)
        {
            return new RoutingTableWrite(
                RoutingTableOutcome.TooLarge,
                $"{entries.Count} routes need {slices.Count} ConfigMaps, and a gateway reads {Naming.MaxRoutingTableSlices}: spread the routes over several exporters");
        }

        var foreign = slices.Select(slice => live[NameOf(exporter, slice)]).FirstOrDefault(stored => stored is not null && !RoutingTableMaps.IsOwned(stored.Map, exporter));
        if (foreign is not null)
        {
            return new RoutingTableWrite(
                RoutingTableOutcome.NameConflict,
                $"ConfigMap {ObjectKey.Of(foreign.Map)} exists and does not belong to this exporter: delete it, or give the exporter another name");
        }

        var wrong = slices.Where(slice => !IsRight(live[NameOf(exporter, slice)], slice, exporter)).ToList();
        foreach (var slice in wrong)
        {
            await WriteAsync(RoutingTableMaps.Of(exporter, slice), live[NameOf(exporter, slice)], cancellationToken).ConfigureAwait(false);
        }

        var surplus = Surplus(exporter, slices, live).ToList();
        foreach (var map in surplus)
        {
            var options = new DeleteOptions { PreconditionUid = map.Metadata.Uid, PreconditionResourceVersion = map.Metadata.ResourceVersion };
            await client.DeleteAsync<V1ConfigMap>(map.Metadata.Name!, map.Metadata.Namespace, options, cancellationToken).ConfigureAwait(false);
        }

        return wrong.Count + surplus.Count == 0
            ? new RoutingTableWrite(RoutingTableOutcome.Unchanged, "") { Generation = slices[0].Generation }
            : new RoutingTableWrite(RoutingTableOutcome.Written, $"generation {slices[0].Generation}, {entries.Count} routes in {slices.Count} ConfigMaps")
            {
                Generation = slices[0].Generation,
                Repaired = [.. wrong.Select(slice => live[NameOf(exporter, slice)]).Where(static stored => stored?.Error is not null)
                    .Select(static stored => $"{stored!.Map.Metadata.Name}: {stored.Error}")],
            };
    }

    private async Task<(IReadOnlyList<RoutingTableSlice> Slices, IReadOnlyDictionary<string, StoredSlice?> Live)> CompileLiveAsync(
        SentryExporter exporter, IReadOnlyList<RouteEntry> entries, FallbackTarget fallback, CancellationToken cancellationToken)
    {
        var (key, space) = (ObjectKey.Of(exporter), exporter.Metadata.Namespace);
        var list = await client.ListAllAsync<V1ConfigMap>(
            space, new ListOptions { LabelSelector = RoutingTableMaps.SelectorOf(exporter) }, cancellationToken).ConfigureAwait(false);
        var live = list.Items.ToDictionary(
            static map => map.Metadata.Name!, StoredSlice? (map) => StoredSlice.Read(map, key), StringComparer.Ordinal);
        while (true)
        {
            var owned = live.Values.OfType<StoredSlice>().Where(stored => RoutingTableMaps.IsOwned(stored.Map, exporter));
            var slices = Compile(exporter, entries, fallback, owned);
            var unseen = slices.Take(Naming.MaxRoutingTableSlices).Select(slice => NameOf(exporter, slice)).Where(name => !live.ContainsKey(name)).ToList();
            if (unseen.Count == 0)
            {
                return (slices, live);
            }

            // What has lost its labels is in no list, and what belongs to somebody else never was.
            foreach (var name in unseen)
            {
                var map = await client.GetAsync<V1ConfigMap>(name, space, cancellationToken).ConfigureAwait(false);
                live[name] = map is null ? null : StoredSlice.Read(map, key);
            }
        }
    }

    private static IEnumerable<V1ConfigMap> Surplus(
        SentryExporter exporter, IReadOnlyList<RoutingTableSlice> slices, IReadOnlyDictionary<string, StoredSlice?> live)
    {
        var wanted = slices.Select(slice => NameOf(exporter, slice)).ToHashSet(StringComparer.Ordinal);
        return live.Where(entry => entry.Value is not null && !wanted.Contains(entry.Key))
            .Select(static entry => entry.Value!.Map)
            .Where(map => RoutingTableMaps.IsOwned(map, exporter));
    }

    private Task<V1ConfigMap> WriteAsync(V1ConfigMap wanted, StoredSlice? stored, CancellationToken cancellationToken)
    {
        if (stored is null)
        {
            return client.CreateAsync(wanted, Create, cancellationToken);
        }

        wanted.Metadata.ResourceVersion = stored.Map.Metadata.ResourceVersion;
        return client.ApplyAsync(wanted, Apply, cancellationToken);
    }

    private static string NameOf(SentryExporter exporter, RoutingTableSlice slice) => RoutingTableNames.Of(exporter.Metadata.Name!, slice.SliceIndex);
}
