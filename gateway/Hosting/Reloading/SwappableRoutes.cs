using System.Threading.Channels;
using SentryOtel.Gateway.Routing;
using SentryOtel.Sentry.Routing;

namespace SentryOtel.Gateway.Hosting.Reloading;

/// <summary>
/// The routes of an exporter, from a source that may be replaced while it runs. A source that can not answer at once takes over when it can; until then the one before goes on.
/// </summary>
internal sealed class SwappableRoutes : IRouteSource, IDisposable
{
    private readonly Channel<IRouteSource> _incoming = Channel.CreateUnbounded<IRouteSource>();
    private readonly Lock _gate = new();
    private volatile IRouteSource _current;
    private IRouteSource _wanted;

    public SwappableRoutes(IRouteSource source)
    {
        _current = _wanted = source;
        source.Changed += OnChanged;
    }

    public event Action? Changed;

    /// <summary>The source in force.</summary>
    public IRouteSource Current => _current;

    public string Attribute => _current.Attribute;

    public string? NotReady => _current.NotReady;

    public bool TakesDataEarly => _current.TakesDataEarly;

    public string? Problem => _current.Problem;

    public SlugCollisions? Collisions => _current.Collisions;

    public RouteSourceState? State => _current.State;

    public IEnumerable<(string Value, string Queue)> Services => _current.Services;

    public RouteAnswer Find(string value) => _current.Find(value);

    public RouteAnswer? Held(string value) => _current.Held(value);

    public RouteTarget? TargetOf(string queue) => _current.TargetOf(queue);

    public int WeightOf(string queue) => _current.WeightOf(queue);

    public bool IsHeld(string queue) => _current.IsHeld(queue);

    public string? WhyWaiting(string value) => _current.WhyWaiting(value);

    public void Announce(string value) => _current.Announce(value);

    public void Recheck(string queue) => _current.Recheck(queue);

    /// <summary>Has another source take over; one that was to take over and did not yet is forgotten.</summary>
    public void Replace(IRouteSource source)
    {
        lock (_gate)
        {
            _wanted = source;
        }

        if (IsReady(source))
        {
            TakeOver(source);
        }

        _incoming.Writer.TryWrite(source);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var running = new Run(_current, cancellationToken);
        try
        {
            while (true)
            {
                // A source runs until it is cancelled: one that ends has failed, and the failure is the caller's.
                await await Task.WhenAny(running.Task, _incoming.Reader.WaitToReadAsync(cancellationToken).AsTask());
                cancellationToken.ThrowIfCancellationRequested();
                if (_incoming.Reader.TryRead(out var next) && next != running.Source)
                {
                    var before = running;
                    running = await SucceedAsync(before, next, cancellationToken);
                }
            }
        }
        finally
        {
            await running.StopAsync();
        }
    }

    public void Dispose()
    {
        while (_incoming.Reader.TryRead(out var waiting))
        {
            Release(waiting);
        }

        (_current as IDisposable)?.Dispose();
    }

    private static bool IsReady(IRouteSource source) => source.TakesDataEarly || source.NotReady is null;

    private async Task<Run> SucceedAsync(Run before, IRouteSource next, CancellationToken cancellationToken)
    {
        var run = new Run(next, cancellationToken);
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        next.Changed += Look;
        Look();
        await Task.WhenAny(ready.Task, run.Task, _incoming.Reader.WaitToReadAsync(cancellationToken).AsTask());
        next.Changed -= Look;
        var succeeds = ready.Task.IsCompleted && TakeOver(next);
        var (stays, goes) = succeeds ? (run, before) : (before, run);
        await goes.StopAsync();
        Release(goes.Source);
        return stays;

        void Look()
        {
            if (IsReady(next))
            {
                ready.TrySetResult();
            }
        }
    }

    private bool TakeOver(IRouteSource source)
    {
        lock (_gate)
        {
            if (_wanted != source)
            {
                return false;
            }

            if (_current != source)
            {
                _current.Changed -= OnChanged;
                source.Changed += OnChanged;
                _current = source;
            }
        }

        OnChanged();
        return true;
    }

    private void Release(IRouteSource source)
    {
        if (source != _current)
        {
            (source as IDisposable)?.Dispose();
        }
    }

    private void OnChanged() => Changed?.Invoke();

    /// <summary>A source that runs.</summary>
    private sealed class Run
    {
        private readonly CancellationTokenSource _stop;

        public Run(IRouteSource source, CancellationToken cancellationToken)
        {
            Source = source;
            _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task = source.RunAsync(_stop.Token);
        }

        public IRouteSource Source { get; }

        public Task Task { get; }

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await Task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _stop.Dispose();
        }
    }
}
