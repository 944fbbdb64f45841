using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>What all parts of a log lean on.</summary>
internal sealed class LogEnvironment
{
    private volatile SegmentLogLimits _limits;

    public LogEnvironment(IQueueFiles files, SegmentLogLimits limits, DiskCounters counters, TimeProvider time, ILogger logger)
    {
        (Files, _limits, Counters, Time, Logger) = (files, limits, counters, time, logger);
        Space = new LogSpace(this);
    }

    public IQueueFiles Files { get; }

    public DiskCounters Counters { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public LogSpace Space { get; }

    /// <summary>May change at any time; what is written already stays as it is.</summary>
    public SegmentLogLimits Limits
    {
        get => _limits;
        set => _limits = value;
    }

    /// <summary>Counts and tells a fault of the disk.</summary>
    public void Fault(IOException exception, string what)
    {
        Counters.Fail();
        Log.DiskFailed(Logger, exception, what);
    }

    /// <summary>Does what may fail without harm to data.</summary>
    public void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (IOException exception)
        {
            Fault(exception, "tidying");
        }
    }
}
