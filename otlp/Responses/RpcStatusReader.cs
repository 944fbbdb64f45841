using System.Text;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Responses;

/// <summary>Reads what <see cref="RpcStatus"/> writes, for a client: the sentence, and when to come back.</summary>
public static class RpcStatusReader
{
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    /// <summary>google.rpc.Status { 1: code, 2: message, 3: details }, the body of an OTLP/HTTP error and <c>grpc-status-details-bin</c>. What can not be read says nothing.</summary>
    public static (string Message, TimeSpan? RetryAfter) Read(ReadOnlySpan<byte> status)
    {
        var (message, retryAfter) = (string.Empty, default(TimeSpan?));
        var reader = new WireReader(status);
        while (reader.MoveNext())
        {
            if (reader.IsMessage(2))
            {
                message = Encoding.UTF8.GetString(reader.Value);
            }
            else if (reader.IsMessage(3))
            {
                retryAfter = ReadRetryInfo(reader.Enter()) ?? retryAfter;
            }
        }

        return (message, retryAfter);
    }

    // Any { 1: type_url, 2: RetryInfo { 1: Duration { 1: seconds, 2: nanos } } }
    private static TimeSpan? ReadRetryInfo(WireReader any)
    {
        var (isRetryInfo, delay) = (false, TimeSpan.Zero);
        while (any.MoveNext())
        {
            if (any.IsMessage(1))
            {
                isRetryInfo = Encoding.UTF8.GetString(any.Value) == RetryInfoType;
            }
            else if (any.IsMessage(2))
            {
                var info = any.Enter();
                while (info.MoveNext())
                {
                    delay = info.IsMessage(1) ? ReadDuration(info.Enter()) : delay;
                }
            }
        }

        return isRetryInfo ? delay : null;
    }

    private static TimeSpan ReadDuration(WireReader duration)
    {
        var (seconds, nanoseconds) = (0L, 0L);
        while (duration.MoveNext())
        {
            if (duration is { FieldNumber: 1, WireType: WireType.Varint })
            {
                seconds = (long)duration.Varint;
            }
            else if (duration is { FieldNumber: 2, WireType: WireType.Varint })
            {
                nanoseconds = (long)duration.Varint;
            }
        }

        // Any number may stand there; the back-off has its own upper bound.
        return TimeSpan.FromSeconds(Math.Clamp(seconds + (nanoseconds / 1e9), 0, TimeSpan.FromDays(1).TotalSeconds));
    }
}
