using System.Net;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>
/// Follows one object by its name and keeps nothing of it but its version. It needs <c>watch</c> on that name alone, and no <c>list</c>: a watch that begins at
/// version 0 tells the present state first, and the server takes the name from the field selector when it judges the request.
/// </summary>
/// <typeparam name="T">Kind of the object; one derived from V1PartialObjectMetadata, so that the content never comes here.</typeparam>
public sealed class ObjectWatch<T> : IObjectWatch
    where T : class, IKubernetesObject
{
    private const string FromPresentState = "0";
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan VeryShort = TimeSpan.FromSeconds(1);

    private readonly IKubernetesClient _client;
    private readonly ObjectKey _key;
    private readonly Action<ObjectWatchState> _changed;
    private readonly InformerServices _services;
    private readonly ReflectorBackoff _backoff;
    private readonly string _kind = EntityMetadata.For<T>().ToString();
    private string _from = FromPresentState;
    private volatile ObjectWatchState _state = ObjectWatchState.Unknown;

    /// <summary>Prepares the watch; nothing is asked before <see cref="RunAsync"/>.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="key">The object; it need not exist.</param>
    /// <param name="changed">Told of each new state, one call at a time; must be quick.</param>
    /// <param name="services">Clock, jitter, log, metrics.</param>
    public ObjectWatch(IKubernetesClient client, ObjectKey key, Action<ObjectWatchState> changed, InformerServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _client = client;
        _key = key;
        _changed = changed;
        _services = services;
        _backoff = new ReflectorBackoff(services.TimeProvider, services.Random);
    }

    /// <inheritdoc/>
    public ObjectWatchState State => _state;

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                var end = await WatchAsync(cancellationToken).ConfigureAwait(false);
                _services.Metrics?.Watches.Add(1, new("kind", _kind), new("result", WatchFailure.Label(end)));
                if (end == WatchEnd.Closed)
                {
                    continue;
                }

                if (end is WatchEnd.Expired or WatchEnd.Failed)
                {
                    _from = FromPresentState;
                }

                Set(_state with { IsLive = false });
                await _backoff.PauseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.ObjectWatchStopped(_services.Logger, _kind, _key);
        }
    }

    private async Task<WatchEnd> WatchAsync(CancellationToken cancellationToken)
    {
        var started = _services.TimeProvider.GetTimestamp();
        var isToldPresentState = _from == FromPresentState;
        var events = 0;
        try
        {
            await foreach (var received in _client.WatchAsync<T>(_key.Namespace, Query(), cancellationToken).ConfigureAwait(false))
            {
                _services.Metrics?.WatchEvents.Add(1, new("kind", _kind), new("type", received.Type));
                Handle(received, isToldPresentState && events == 0);
                events++;
            }

            cancellationToken.ThrowIfCancellationRequested();
            Log.ObjectWatchClosed(_services.Logger, _kind, _key, "its time is over");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            if (WatchFailure.Classify(exception) is var end and not WatchEnd.Closed)
            {
                Tell(exception, end);
                return end;
            }

            Log.ObjectWatchClosed(_services.Logger, _kind, _key, exception.Message);
        }

        return events == 0 && _services.TimeProvider.GetElapsedTime(started) < VeryShort ? WatchEnd.VeryShort : WatchEnd.Closed;
    }

    private WatchOptions Query() => new()
    {
        FieldSelector = $"metadata.name={_key.Name}",
        ResourceVersion = _from,
        AllowWatchBookmarks = true,
        TimeoutSeconds = (int)(MinTimeout.TotalSeconds * (1 + _services.NextDouble())),
    };

    private void Handle(WatchEvent<T> received, bool isFirstOfPresentState)
    {
        // What is told first is the present state. A bookmark in its place says that there is no such object.
        var version = received.Type switch
        {
            WatchEventType.Deleted => ObjectWatchState.Absent,
            WatchEventType.Bookmark => isFirstOfPresentState ? ObjectWatchState.Absent : _state.Version,
            _ => received.ResourceVersion,
        };

        // The version of an object that has not changed for long may be too old to go on from.
        var isOldNews = isFirstOfPresentState && received.Type == WatchEventType.Added;
        if (!isOldNews && received.ResourceVersion is { Length: > 0 } reached)
        {
            _from = reached;
        }

        Set(new ObjectWatchState(version, IsLive: true, IsRefused: false));
    }

    private void Tell(Exception exception, WatchEnd end)
    {
        if (exception is not KubernetesException { StatusCode: HttpStatusCode.Forbidden or HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed })
        {
            Log.ObjectWatchFailed(_services.Logger, exception, _kind, _key, end);
            return;
        }

        if (!_state.IsRefused)
        {
            Log.ObjectWatchRefused(_services.Logger, exception, _kind, _key);
        }

        Set(_state with { IsLive = false, IsRefused = true });
    }

    private void Set(ObjectWatchState state)
    {
        if (state == _state)
        {
            return;
        }

        _state = state;
        try
        {
            _changed(state);
        }
        catch (Exception exception)
        {
            // A defect of whoever listens must not end the watch.
            Log.ObjectWatchHandlerThrew(_services.Logger, exception, _kind, _key);
        }
    }
}
