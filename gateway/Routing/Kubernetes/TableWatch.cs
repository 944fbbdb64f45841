using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Routing.Kubernetes;

/// <summary>
/// Follows the ConfigMaps that hold an exporter's routing table, <c>{exporter}-routes</c> and <c>{exporter}-routes-1</c> onwards, each by its own name, so that the gateway
/// needs to see no other. Gives the table when all slices fit together; until then the one before stays.
/// </summary>
/// <param name="client">The cluster.</param>
/// <param name="ns">Namespace of the exporter.</param>
/// <param name="exporter">Name of the exporter.</param>
/// <param name="services">What informers share.</param>
/// <param name="onTable">Told of every new table.</param>
/// <param name="logger">Where unreadable slices are told.</param>
internal sealed class TableWatch(
    IKubernetesClient client, string ns, string exporter, InformerServices services, Action<RoutingTable> onTable, ILogger logger) : IInformerHandler<V1ConfigMap>
{
    private const int MaxSlices = 1024;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, RoutingTableSlice> _slices = [];
    private TaskCompletionSource<Task> _ended = new();
    private CancellationToken _stop;
    private int _informers;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var run = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ended = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _stop = run.Token;
            _informers = 0;
            StartLocked();
        }

        // One that ends has failed, whichever it is: all are started anew.
        var ended = await _ended.Task;
        await run.CancelAsync();
        await ended;
    }

    public void OnAdd(V1ConfigMap entity, bool isInInitialList) => Take(entity);

    public void OnUpdate(V1ConfigMap oldEntity, V1ConfigMap newEntity) => Take(newEntity);

    // Data keep flowing by the table that was there; the operator writes it anew.
    public void OnDelete(V1ConfigMap entity, bool finalStateUnknown) => Log.TableDeleted(logger, entity.Metadata.Name ?? string.Empty);

    private static string NameOf(string exporter, int index) =>
        index == 0 ? $"{exporter}-routes" : string.Create(CultureInfo.InvariantCulture, $"{exporter}-routes-{index}");

    private void StartLocked()
    {
        var informer = new Informer<V1ConfigMap>(
            client,
            new InformerOptions<V1ConfigMap> { Namespaces = [ns], FieldSelector = $"metadata.name={NameOf(exporter, _informers++)}" },
            services);
        informer.AddHandler(this);
        _ = informer.RunAsync(_stop).ContinueWith(static (task, ended) => ((TaskCompletionSource<Task>)ended!).TrySetResult(task), _ended, TaskScheduler.Default);
    }

    private void Take(V1ConfigMap map)
    {
        var name = map.Metadata.Name ?? string.Empty;
        if (map.Data is null || !map.Data.TryGetValue(RoutingTableJson.DocumentKey, out var json))
        {
            Log.TableNotReadable(logger, name, $"the key {RoutingTableJson.DocumentKey} is missing");
            return;
        }

        if (!RoutingTableJson.TryParse(Encoding.UTF8.GetBytes(json), out var slice, out var error))
        {
            Log.TableNotReadable(logger, name, error);
            return;
        }

        lock (_gate)
        {
            _slices[slice.SliceIndex] = slice;
            while (_informers < Math.Min(slice.SliceCount, MaxSlices))
            {
                StartLocked();
            }

            if (RoutingTable.TryCombine([.. _slices.Values.Where(known => known.SliceIndex < slice.SliceCount)], out var table, out var why))
            {
                onTable(table);
            }
            else
            {
                Log.TableIncomplete(logger, exporter, why);
            }
        }
    }
}
