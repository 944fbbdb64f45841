using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Informers;

namespace SentryOtel.Kubernetes.Hosting;

/// <summary>An informer that begins with its first use and then goes on: what nobody needs costs nothing.</summary>
/// <typeparam name="T">Kind of the objects.</typeparam>
public sealed class OnDemandInformer<T> : IRunnable
    where T : class, IKubernetesObject
{
    private readonly TaskCompletionSource _used = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal OnDemandInformer(Informer<T> informer) => Informer = informer;

    /// <summary>The cache, empty until <see cref="Use"/> says otherwise; for indexes and handlers.</summary>
    public Informer<T> Informer { get; }

    /// <inheritdoc/>
    public string Name => "informer of " + Informer.Description;

    /// <summary>Begins, unless it has begun. True once the first list is in the cache.</summary>
    public bool Use()
    {
        _used.TrySetResult();
        return Informer.HasSynced;
    }

    /// <inheritdoc/>
    public async Task RunAsync(CancellationToken stopping)
    {
        await _used.Task.WaitAsync(stopping).ConfigureAwait(false);
        await Informer.RunAsync(stopping).ConfigureAwait(false);
    }
}
