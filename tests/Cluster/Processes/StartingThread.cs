using System.Collections.Concurrent;
using System.Diagnostics;

namespace SentryOtel.Cluster.Processes;

/// <summary>
/// Starts every process from one thread that lives as long as this process. The kernel sends the parent-death signal when the
/// <em>thread</em> that forked ends (prctl(2), PR_SET_PDEATHSIG): started from a pool thread, a program would be killed whenever
/// the pool retires that thread.
/// </summary>
internal static class StartingThread
{
    private static readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Done)> Requests = [];

    private static readonly Lazy<Thread> Running = new(() =>
    {
        var thread = new Thread(Serve) { IsBackground = true, Name = "process starter" };
        thread.Start();
        return thread;
    });

    internal static Process Start(ProcessStartInfo start)
    {
        _ = Running.Value;
        var done = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Requests.Add((start, done));
        return done.Task.GetAwaiter().GetResult();
    }

    private static void Serve()
    {
        foreach (var (start, done) in Requests.GetConsumingEnumerable())
        {
            try
            {
                done.SetResult(Process.Start(start) ?? throw new InvalidOperationException($"{start.FileName} did not start"));
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        }
    }
}
