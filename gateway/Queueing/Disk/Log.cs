using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Queueing.Disk;

internal static partial class Log
{
    [LoggerMessage(EventId = 500, Level = LogLevel.Error, Message = "Disk queue: {What} failed")]
    public static partial void DiskFailed(ILogger logger, Exception exception, string what);

    [LoggerMessage(EventId = 501, Level = LogLevel.Error, Message = "Disk queue: segment {Segment} is damaged, at least {Records} records with {Items} known items are lost; the others are sent, and the file is then kept as .bad")]
    public static partial void SegmentFaulty(ILogger logger, string segment, long records, long items);

    [LoggerMessage(EventId = 502, Level = LogLevel.Information, Message = "Disk queue: segment {Segment} ends in {Bytes} bytes of a write that was cut off; nothing in them was acknowledged")]
    public static partial void SegmentTorn(ILogger logger, string segment, long bytes);

    [LoggerMessage(EventId = 503, Level = LogLevel.Information, Message = "Disk queue of exporter {Exporter}: {Records} records with {Items} items recovered, of which {Repeatable} items may arrive twice, since their sending had begun; {Lost} records lost")]
    public static partial void Recovered(ILogger logger, string exporter, long records, long items, long lost, long repeatable);

    [LoggerMessage(EventId = 504, Level = LogLevel.Error, Message = "Disk queue of exporter {Exporter}: a record of {Items} items could not be read back and is lost")]
    public static partial void RecordLost(ILogger logger, string exporter, int items);

    [LoggerMessage(EventId = 505, Level = LogLevel.Information, Message = "Disk queue of exporter {Exporter}: {Items} items stay on disk for the next start")]
    public static partial void Kept(ILogger logger, string exporter, long items);

    [LoggerMessage(EventId = 506, Level = LogLevel.Error, Message = "Disk queue of exporter {Exporter}: handing out failed and is taken up again")]
    public static partial void FeedFailed(ILogger logger, Exception exception, string exporter);
}
