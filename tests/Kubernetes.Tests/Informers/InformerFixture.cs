using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Testing;

namespace SentryOtel.Kubernetes.Tests.Informers;

/// <summary>An informer of ConfigMaps that runs against a scripted server on a fake clock.</summary>
internal sealed class InformerFixture : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TurnClock _clock;
    private Task _run = Task.CompletedTask;

    public InformerFixture(InformerOptions<V1ConfigMap>? options = null)
    {
        _clock = new TurnClock(Time);
        Informer = new Informer<V1ConfigMap>(
            Server, options ?? new InformerOptions<V1ConfigMap> { ResyncPeriod = TimeSpan.Zero },
            new InformerServices { TimeProvider = _clock, Random = new Random(3) });
        Informer.AddHandler(Handler);
    }

    public FakeTimeProvider Time { get; } = new();

    public ScriptedServer Server { get; } = new();

    public RecordingHandler Handler { get; } = new();

    public Informer<V1ConfigMap> Informer { get; }

    public IEnumerable<string> Names => Informer.Store.List().Select(entity => entity.Metadata.Name!);

    public void Start() => _run = Informer.RunAsync(_stop.Token);

    /// <summary>Starts, and gives the first list.</summary>
    public async Task<WatchRequest> StartSyncedAsync(string version, params V1ConfigMap[] items)
    {
        Start();
        (await Server.NextListAsync()).Reply(version, items);
        return await Server.NextWatchAsync();
    }

    /// <summary>The informer pauses; returns how long, and lets that time pass.</summary>
    public async Task<TimeSpan> PassPauseAsync()
    {
        await Eventually.HoldsAsync(() => _clock.Delays, TimeSpan.FromSeconds(30), "a pause", TestContext.Current.CancellationToken);
        Assert.True(Server.IsQuiet, "a request was sent without a pause");
        var pause = Time.NextDue!.Value - Time.GetUtcNow();
        Time.Advance(pause);
        return pause;
    }

    /// <summary>Waits until handlers have seen so many calls.</summary>
    public Task HandledAsync(int calls) => Eventually.HoldsAsync(
        () => Handler.Calls.Count >= calls, TimeSpan.FromSeconds(30), $"{calls} calls", TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        _stop.Dispose();
    }
}

internal sealed class RecordingHandler : IInformerHandler<V1ConfigMap>
{
    private readonly List<string> _calls = [];

    public IReadOnlyList<string> Calls
    {
        get
        {
            lock (_calls)
            {
                return [.. _calls];
            }
        }
    }

    public void OnAdd(V1ConfigMap entity, bool isInInitialList) => Record($"add {Name(entity)}{(isInInitialList ? " initial" : "")}");

    public void OnUpdate(V1ConfigMap oldEntity, V1ConfigMap newEntity) =>
        Record(ReferenceEquals(oldEntity, newEntity) ? $"resync {Name(newEntity)}" : $"update {Name(oldEntity)} to {newEntity.Metadata.ResourceVersion}");

    public void OnDelete(V1ConfigMap entity, bool finalStateUnknown) => Record($"delete {Name(entity)}{(finalStateUnknown ? " unseen" : "")}");

    private static string Name(V1ConfigMap entity) => $"{entity.Metadata.Name}@{entity.Metadata.ResourceVersion}";

    private void Record(string call)
    {
        lock (_calls)
        {
            _calls.Add(call);
        }
    }
}
