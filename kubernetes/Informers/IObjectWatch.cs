namespace SentryOtel.Kubernetes.Informers;

/// <summary>A watch of one object, whatever its kind.</summary>
public interface IObjectWatch
{
    /// <summary>What is known of the object.</summary>
    ObjectWatchState State { get; }

    /// <summary>Follows the object until cancelled; it survives whatever the server does. Once only.</summary>
    Task RunAsync(CancellationToken cancellationToken);
}
