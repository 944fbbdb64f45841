namespace SentryOtel.Kubernetes.Hosting;

/// <summary>A runnable with both of its ends: the request to stop, and the moment when nothing more may be done.</summary>
internal sealed record Runnable(string Name, Func<CancellationToken, CancellationToken, Task> RunAsync)
{
    public static Runnable Of(IRunnable runnable) => new(runnable.Name, (stopping, _) => runnable.RunAsync(stopping));
}
