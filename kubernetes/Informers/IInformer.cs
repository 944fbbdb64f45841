namespace SentryOtel.Kubernetes.Informers;

/// <summary>What the host needs to know of an informer, whatever it caches.</summary>
public interface IInformer
{
    /// <summary>The resource, and the namespaces when not all: "deployments.apps in shop".</summary>
    string Description { get; }

    /// <summary>True once every handler has seen every object of the first list.</summary>
    bool HasSynced { get; }

    /// <summary>Waits for <see cref="HasSynced"/>.</summary>
    Task WaitForSyncAsync(CancellationToken cancellationToken);

    /// <summary>Keeps the cache equal to the server's state until cancelled. Once only.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
