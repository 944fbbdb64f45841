using System.Collections.Concurrent;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Cluster.Objects;

/// <summary>All objects of a kind, kept up to date by list and watch; starts over when the connection or the version is lost.</summary>
internal sealed class ObjectCache<T>(IKubernetesClient client) : IAsyncDisposable
    where T : class, IKubernetesObject
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentDictionary<ObjectKey, T> _objects = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>An object appeared or changed. Called from one loop, never at the same time as another call.</summary>
    internal event Action<T>? Changed;

    /// <summary>An object is gone; its last known state.</summary>
    internal event Action<T>? Removed;

    internal T? Find(string @namespace, string name) => _objects.GetValueOrDefault(new ObjectKey(@namespace, name));

    /// <summary>Returns when everything that existed has been seen.</summary>
    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        var version = await ListAsync(cancellationToken);
        _running = RunAsync(version, _stop.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync(string? version, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                version ??= await ListAsync(cancellationToken);
                await foreach (var change in client.WatchAsync<T>(null, new WatchOptions { ResourceVersion = version }, cancellationToken))
                {
                    version = change.ResourceVersion ?? version;
                    Apply(change);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (ApiFailure.IsExpected(e))
            {
                // The API server restarts, or forgot our version: look at everything again.
                version = null;
                await Task.Delay(Pause, cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        var list = await client.ListAllAsync<T>(null, null, cancellationToken);
        var present = list.Items.ToDictionary(ObjectKey.Of);
        foreach (var (key, gone) in _objects.Where(entry => !present.ContainsKey(entry.Key)).ToList())
        {
            _objects.TryRemove(key, out _);
            Removed?.Invoke(gone);
        }
        foreach (var (key, item) in present)
        {
            _objects[key] = item;
            Changed?.Invoke(item);
        }
        return list.ResourceVersion;
    }

    private void Apply(WatchEvent<T> change)
    {
        if (change.Entity is not { } entity)
        {
            return;
        }
        if (change.Type == WatchEventType.Deleted)
        {
            _objects.TryRemove(ObjectKey.Of(entity), out _);
            Removed?.Invoke(entity);
        }
        else
        {
            _objects[ObjectKey.Of(entity)] = entity;
            Changed?.Invoke(entity);
        }
    }
}
