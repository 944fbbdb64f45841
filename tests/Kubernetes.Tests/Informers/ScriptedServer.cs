using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Informers;

/// <summary>A server whose every answer the test gives: requests wait until they are answered.</summary>
internal sealed class ScriptedServer : StubKubernetesClient
{
    private readonly Channel<ListRequest> _lists = Channel.CreateUnbounded<ListRequest>();
    private readonly Channel<WatchRequest> _watches = Channel.CreateUnbounded<WatchRequest>();

    public ValueTask<ListRequest> NextListAsync() => _lists.Reader.ReadAsync(Deadline());

    public ValueTask<WatchRequest> NextWatchAsync() => _watches.Reader.ReadAsync(Deadline());

    /// <summary>No request has come that the test has not answered.</summary>
    public bool IsQuiet => _lists.Reader.Count == 0 && _watches.Reader.Count == 0;

    public override Task<EntityList<T>> ListAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken) =>
        EnqueueAsync<T>(@namespace, options!, paged: false, cancellationToken);

    public override Task<EntityList<T>> ListAllAsync<T>(string? @namespace, ListOptions? options, CancellationToken cancellationToken) =>
        EnqueueAsync<T>(@namespace, options!, paged: true, cancellationToken);

    public override async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        string? @namespace, WatchOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new WatchRequest(@namespace, options!);
        _watches.Writer.TryWrite(request);
        await foreach (var received in request.Events.ReadAllAsync(cancellationToken))
        {
            yield return (WatchEvent<T>)(object)received;
        }
    }

    private async Task<EntityList<T>> EnqueueAsync<T>(string? @namespace, ListOptions options, bool paged, CancellationToken cancellationToken)
        where T : class, IKubernetesObject
    {
        var request = new ListRequest(@namespace, options, paged);
        _lists.Writer.TryWrite(request);
        return (EntityList<T>)(object)await request.Answer.WaitAsync(cancellationToken);
    }

    private static CancellationToken Deadline()
    {
        // Real time, as a bound on a test that hangs.
        var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        return deadline.Token;
    }
}

internal sealed class ListRequest(string? @namespace, ListOptions options, bool paged)
{
    private readonly TaskCompletionSource<EntityList<V1ConfigMap>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string? Namespace => @namespace;

    public ListOptions Options => options;

    /// <summary>All pages were asked for (a list of the newest state).</summary>
    public bool Paged => paged;

    public Task<EntityList<V1ConfigMap>> Answer => _answer.Task;

    public void Reply(string version, params V1ConfigMap[] items) => _answer.SetResult(new EntityList<V1ConfigMap>(items, version, null, []));

    public void Reply(EntityList<V1ConfigMap> list) => _answer.SetResult(list);

    public void Fail(Exception exception) => _answer.SetException(exception);
}

internal sealed class WatchRequest(string? @namespace, WatchOptions options)
{
    private readonly Channel<WatchEvent<V1ConfigMap>> _events = Channel.CreateUnbounded<WatchEvent<V1ConfigMap>>();

    public string? Namespace => @namespace;

    public WatchOptions Options => options;

    public ChannelReader<WatchEvent<V1ConfigMap>> Events => _events.Reader;

    public WatchRequest Send(WatchEventType type, V1ConfigMap entity)
    {
        _events.Writer.TryWrite(new WatchEvent<V1ConfigMap>(type, entity, entity.Metadata));
        return this;
    }

    public WatchRequest Bookmark(string version)
    {
        _events.Writer.TryWrite(new WatchEvent<V1ConfigMap>(WatchEventType.Bookmark, null, new V1ObjectMeta { ResourceVersion = version }));
        return this;
    }

    public void End() => _events.Writer.Complete();

    public void Fail(Exception exception) => _events.Writer.Complete(exception);
}
