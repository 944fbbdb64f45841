namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>A disk queue can not be used; the message says what to do.</summary>
internal sealed class DiskQueueException : IOException
{
    public DiskQueueException(string message)
        : base(message)
    {
    }

    public DiskQueueException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
