using Microsoft.Extensions.Logging;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Informers;

/// <summary>
/// client-go's reflector: lists, then watches from the list's version, and keeps a sink equal to the server's state
/// through disconnects, expired versions and overload. Versions never go back: each list asks for at least the last one seen.
/// </summary>
internal sealed class Reflector<T>(
    IKubernetesClient client, string? @namespace, InformerOptions<T> options, IReflectorSink<T> sink, InformerServices services)
    where T : class, IKubernetesObject
{
    // A server that keeps failing inside may hold a watch cache that a fresh list would not depend on.
    private static readonly TimeSpan MaxInternalErrors = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan VeryShortWatch = TimeSpan.FromSeconds(1);

    private readonly string _kind = EntityMetadata.For<T>().ToString();
    private readonly ReflectorBackoff _backoff = new(services.TimeProvider, services.Random);
    private readonly TimeProvider _time = services.TimeProvider;
    private readonly ILogger _logger = services.Logger;
    private string? _lastVersion;
    private bool _versionUnusable;
    private long? _internalErrorsSince;

    /// <summary>The version of the last list or event; null before the first list.</summary>
    public string? LastResourceVersion => _lastVersion;

    /// <summary>Runs until cancelled; it survives whatever the server does.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                if (await TryListAsync(cancellationToken).ConfigureAwait(false))
                {
                    await WatchUntilListIsNeededAsync(cancellationToken).ConfigureAwait(false);
                }

                await _backoff.PauseAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Log.ReflectorStopped(_logger, _kind, @namespace);
        }
    }

    private async Task<bool> TryListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var list = await ListAsync(cancellationToken).ConfigureAwait(false);
            sink.Replace(@namespace, list.Items, list.Undecodable);
            _lastVersion = list.ResourceVersion;
            _versionUnusable = false;
            Count(services.Metrics?.Lists, "success");
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Count(services.Metrics?.Lists, "error");
            Log.ListFailed(_logger, exception, _kind, @namespace);
            return false;
        }
    }

    private async Task<EntityList<T>> ListAsync(CancellationToken cancellationToken)
    {
        if (_versionUnusable)
        {
            return await ListNewestAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            // "0" takes whatever the server has cached; it serves such a list, and one of a known version, without pages.
            var query = Query() with { ResourceVersion = _lastVersion ?? "0" };
            var list = await client.ListAsync<T>(@namespace, query, cancellationToken).ConfigureAwait(false);
            if (string.IsNullOrEmpty(list.Continue))
            {
                return list;
            }
        }
        catch (KubernetesException exception) when (exception.IsGone || exception.IsResourceVersionTooLarge)
        {
            Log.ListExpired(_logger, _kind, @namespace, _lastVersion);
        }

        _versionUnusable = true;
        return await ListNewestAsync(cancellationToken).ConfigureAwait(false);
    }

    private Task<EntityList<T>> ListNewestAsync(CancellationToken cancellationToken) =>
        client.ListAllAsync<T>(@namespace, Query(), cancellationToken);

    private ListOptions Query() => new() { LabelSelector = options.LabelSelector, FieldSelector = options.FieldSelector };

    private async Task WatchUntilListIsNeededAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var end = await WatchAsync(cancellationToken).ConfigureAwait(false);
            Count(services.Metrics?.Watches, WatchFailure.Label(end));
            if (end != WatchEnd.InternalError)
            {
                _internalErrorsSince = null;
            }

            switch (end)
            {
                case WatchEnd.Closed:
                    continue;
                case WatchEnd.Overloaded:
                case WatchEnd.InternalError when !InternalErrorsLast():
                    await _backoff.PauseAsync(cancellationToken).ConfigureAwait(false);
                    continue;
                default:
                    return;
            }
        }
    }

    private async Task<WatchEnd> WatchAsync(CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        // A watch from "" or "0" begins with the present objects in any order: their versions are no progress.
        var trusted = _lastVersion is not (null or "" or "0");
        var events = 0;
        var query = new WatchOptions
        {
            LabelSelector = options.LabelSelector,
            FieldSelector = options.FieldSelector,
            ResourceVersion = _lastVersion,
            AllowWatchBookmarks = true,
            TimeoutSeconds = (int)(options.MinWatchTimeout.TotalSeconds * (1 + services.NextDouble())),
        };
        try
        {
            await foreach (var received in client.WatchAsync<T>(@namespace, query, cancellationToken).ConfigureAwait(false))
            {
                events++;
                trusted |= received.Type != WatchEventType.Added;
                Handle(received, trusted);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            var end = WatchFailure.Classify(exception);
            if (end != WatchEnd.Closed)
            {
                Log.WatchFailed(_logger, exception, _kind, @namespace, end);
                return end;
            }

            Log.WatchCut(_logger, _kind, @namespace, exception.Message);
        }

        if (events == 0 && _time.GetElapsedTime(started) < VeryShortWatch)
        {
            Log.WatchVeryShort(_logger, _kind, @namespace);
            return WatchEnd.VeryShort;
        }

        Log.WatchClosed(_logger, _kind, @namespace, events);
        return WatchEnd.Closed;
    }

    private void Handle(WatchEvent<T> received, bool trusted)
    {
        services.Metrics?.WatchEvents.Add(1, new("kind", _kind), new("type", received.Type));
        if (received.Entity is { } entity && received.Type != WatchEventType.Bookmark)
        {
            sink.Apply(received.Type, entity);
        }

        if (trusted && !string.IsNullOrEmpty(received.ResourceVersion))
        {
            _lastVersion = received.ResourceVersion;
        }
    }

    private bool InternalErrorsLast()
    {
        var now = _time.GetTimestamp();
        _internalErrorsSince ??= now;
        return _time.GetElapsedTime(_internalErrorsSince.Value, now) >= MaxInternalErrors;
    }

    private void Count(System.Diagnostics.Metrics.Counter<long>? counter, string result) =>
        counter?.Add(1, new("kind", _kind), new("result", result));
}
