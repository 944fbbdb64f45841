using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>
/// A cache of one kind (all namespaces or some, all objects or those of a selector) that follows the server, with
/// indexes to look up by and handlers that hear of every change (client-go's shared index informer).
/// </summary>
/// <typeparam name="T">Kind of the objects; one derived from V1PartialObjectMetadata caches metadata only.</typeparam>
public sealed class Informer<T> : IInformer, IReflectorSink<T>
    where T : class, IKubernetesObject
{
    private readonly Lock _gate = new();
    private readonly IndexedStore<T> _store = new();
    private readonly List<IInformerHandler<T>> _handlers = [];
    private readonly HashSet<string> _unsynced;
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Reflector<T>> _reflectors;
    private readonly InformerOptions<T> _options;
    private readonly InformerServices _services;
    private readonly EntityMetadata _kind = EntityMetadata.For<T>();
    private int _started;

    /// <summary>Prepares an informer; nothing is asked of the server before <see cref="RunAsync"/>.</summary>
    public Informer(IKubernetesClient client, InformerOptions<T> options, InformerServices services)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _services = services;
        string?[] scopes = _kind.Scope == EntityScope.Cluster || options.Namespaces.Count == 0
            ? [null]
            : [.. options.Namespaces.Distinct(StringComparer.Ordinal)];
        _unsynced = [.. scopes.Select(ScopeKey)];
        _reflectors = [.. scopes.Select(scope => new Reflector<T>(client, scope, options, this, services))];
        Description = scopes is [null] ? _kind.ToString() : $"{_kind} in {string.Join(", ", scopes)}";
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <summary>The cache.</summary>
    public IStore<T> Store => _store;

    /// <inheritdoc/>
    public bool HasSynced => _synced.Task.IsCompletedSuccessfully;

    /// <inheritdoc/>
    public Task WaitForSyncAsync(CancellationToken cancellationToken) => _synced.Task.WaitAsync(cancellationToken);

    /// <summary>Files objects under the values that <paramref name="values"/> gives, for <see cref="IStore{T}.ByIndex"/>.</summary>
    /// <exception cref="ArgumentException">The name is taken ("namespace" and "owner" are built in).</exception>
    public void AddIndex(string name, Func<T, IEnumerable<string>> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        _store.AddIndex(name, values);
    }

    /// <summary>Adds a handler. One that comes late first hears of every object there is, as of its initial list.</summary>
    public void AddHandler(IInformerHandler<T> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        lock (_gate)
        {
            _handlers.Add(handler);
            foreach (var entity in _store.List())
            {
                Call(handler, entity, static (h, e) => h.OnAdd(e, isInInitialList: true));
            }
        }
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _started, 1) == 1)
        {
            throw new InvalidOperationException($"The informer of {Description} runs already.");
        }

        await Task.WhenAll([.. _reflectors.Select(reflector => reflector.RunAsync(cancellationToken)), ResyncAsync(cancellationToken)])
            .ConfigureAwait(false);
    }

    void IReflectorSink<T>.Replace(string? @namespace, IReadOnlyList<T> items, IReadOnlyCollection<ObjectKey> undecodable)
    {
        lock (_gate)
        {
            var initial = _unsynced.Contains(ScopeKey(@namespace));
            var listed = undecodable.ToHashSet();
            foreach (var entity in items)
            {
                listed.Add(ObjectKey.Of(entity));
                Put(entity, initial);
            }

            foreach (var gone in Scope(@namespace).Where(entity => !listed.Contains(ObjectKey.Of(entity))).ToArray())
            {
                Drop(ObjectKey.Of(gone), gone, finalStateUnknown: true);
            }

            ReportCount();
            if (_unsynced.Remove(ScopeKey(@namespace)) && _unsynced.Count == 0)
            {
                _synced.TrySetResult();
            }
        }
    }

    void IReflectorSink<T>.Apply(WatchEventType type, T entity)
    {
        lock (_gate)
        {
            if (type == WatchEventType.Deleted)
            {
                Drop(ObjectKey.Of(entity), entity, finalStateUnknown: false);
            }
            else
            {
                Put(entity, isInInitialList: false);
            }

            ReportCount();
        }
    }

    /// <summary>Gives every handler every object again.</summary>
    internal void Resync()
    {
        lock (_gate)
        {
            foreach (var entity in _store.List())
            {
                Dispatch(entity, static (handler, e) => handler.OnUpdate(e, e));
            }
        }
    }

    private static string ScopeKey(string? @namespace) => @namespace ?? string.Empty;

    private IReadOnlyList<T> Scope(string? @namespace) => @namespace is null ? _store.List() : _store.ByNamespace(@namespace);

    private void Put(T entity, bool isInInitialList)
    {
        var key = ObjectKey.Of(entity);
        if (key.Name.Length == 0)
        {
            Skip("no_name");
            return;
        }

        var known = _store.Get(key);
        if (known is not null && known.Metadata.Uid == entity.Metadata.Uid
            && known.Metadata.ResourceVersion == entity.Metadata.ResourceVersion && entity.Metadata.ResourceVersion is not null)
        {
            return;
        }

        _options.Transform(entity);
        if (known is not null && known.Metadata.Uid != entity.Metadata.Uid)
        {
            // Deleted and made again unseen: the old object's end is news of its own.
            Drop(key, known, finalStateUnknown: true);
            known = null;
        }

        _store.Set(key, entity);
        if (known is null)
        {
            Dispatch((entity, isInInitialList), static (handler, added) => handler.OnAdd(added.entity, added.isInInitialList));
        }
        else
        {
            Dispatch((known, entity), static (handler, change) => handler.OnUpdate(change.known, change.entity));
        }
    }

    private void Drop(ObjectKey key, T last, bool finalStateUnknown)
    {
        if (_store.Remove(key) is null)
        {
            return;
        }

        if (!finalStateUnknown)
        {
            _options.Transform(last);
        }

        Dispatch((last, finalStateUnknown), static (handler, gone) => handler.OnDelete(gone.last, gone.finalStateUnknown));
    }

    private void Dispatch<TArgument>(TArgument argument, Action<IInformerHandler<T>, TArgument> call)
    {
        foreach (var handler in _handlers)
        {
            Call(handler, argument, call);
        }
    }

    private void Call<TArgument>(IInformerHandler<T> handler, TArgument argument, Action<IInformerHandler<T>, TArgument> call)
    {
        try
        {
            call(handler, argument);
        }
        catch (Exception exception)
        {
            // One broken handler must not stop the cache, nor keep the others from hearing.
            _services.Metrics?.InformerHandlerErrors.Add(1, new KeyValuePair<string, object?>("kind", _kind.ToString()));
            Log.HandlerThrew(_services.Logger, exception, _kind.ToString());
        }
    }

    private void Skip(string reason)
    {
        _services.Metrics?.InformerSkipped.Add(1, new("kind", _kind.ToString()), new("reason", reason));
        Log.ObjectSkipped(_services.Logger, _kind.ToString(), reason);
    }

    private void ReportCount() =>
        _services.Metrics?.InformerObjects.Record(_store.Count, new KeyValuePair<string, object?>("informer", Description));

    private async Task ResyncAsync(CancellationToken cancellationToken)
    {
        if (_options.ResyncPeriod <= TimeSpan.Zero)
        {
            return;
        }

        try
        {
            while (true)
            {
                var period = _options.ResyncPeriod * (0.9 + (0.2 * _services.NextDouble()));
                await Task.Delay(period, _services.TimeProvider, cancellationToken).ConfigureAwait(false);
                Resync();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.ResyncStopped(_services.Logger, _kind.ToString());
        }
    }
}
