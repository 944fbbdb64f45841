namespace SentryOtel.Clients.Soak;

/// <summary>The steepest rise per sample that still counts as flat, as <see cref="Trend"/> measures it.</summary>
internal static class SoakBounds
{
    /// <summary>The process, which takes memory in steps of some MiB and so is the coarse measure: two KiB lost with each of a sample's sixty requests break it.</summary>
    public const double MemoryBytes = 120 * 1024;

    /// <summary>
    /// The heap after a collection, which otherwise moves with the queues and their pools alone, in the hours after the first mostly down: 400 bytes lost with each request break it.
    /// </summary>
    public const double HeapBytes = 16 * 1024;

    /// <summary>Open files, sockets and threads: one lost in twenty samples, 1200 requests, breaks it.</summary>
    public const double Handles = 0.05;
}
