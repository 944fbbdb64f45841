using System.Text;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>What an OTLP server's answer means for its client (OTLP specification 1.11, "Failures" and "Partial Success").</summary>
internal static class ForwardAnswers
{
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    /// <summary>By HTTP status: only 429, 502, 503 and 504 may be tried again.</summary>
    public static SendOutcomeKind OfHttp(int status) => status switch
    {
        >= 200 and < 300 => SendOutcomeKind.Sent,
        429 or 502 or 503 or 504 => SendOutcomeKind.Transient,
        413 => SendOutcomeKind.TooLarge,
        400 => SendOutcomeKind.Invalid,
        _ => SendOutcomeKind.Refused,
    };

    /// <summary>By gRPC status; RESOURCE_EXHAUSTED may be tried again only when the server says when.</summary>
    public static SendOutcomeKind OfGrpc(GrpcStatusCode code, bool saysWhen) => code switch
    {
        GrpcStatusCode.Ok => SendOutcomeKind.Sent,
        GrpcStatusCode.Cancelled or GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Aborted or GrpcStatusCode.OutOfRange
            or GrpcStatusCode.Unavailable or GrpcStatusCode.DataLoss => SendOutcomeKind.Transient,
        GrpcStatusCode.ResourceExhausted => saysWhen ? SendOutcomeKind.Transient : SendOutcomeKind.Refused,
        GrpcStatusCode.InvalidArgument => SendOutcomeKind.Invalid,
        _ => SendOutcomeKind.Refused,
    };

    /// <summary>ExportMetricsServiceResponse { 1: partial_success { 1: rejected_data_points, 2: error_message } }. What can not be read says nothing.</summary>
    public static (long Rejected, string Message) ReadPartialSuccess(ReadOnlySpan<byte> response)
    {
        var (rejected, message) = (0L, string.Empty);
        var reader = new WireReader(response);
        while (reader.MoveNext())
        {
            if (!reader.IsMessage(1))
            {
                continue;
            }

            var partial = reader.Enter();
            while (partial.MoveNext())
            {
                if (partial is { FieldNumber: 1, WireType: WireType.Varint })
                {
                    rejected = Math.Max(0, (long)partial.Varint);
                }
                else if (partial.IsMessage(2))
                {
                    message = Encoding.UTF8.GetString(partial.Value);
                }
            }
        }

        return (rejected, message);
    }

    /// <summary>google.rpc.Status { 1: code, 2: message, 3: details }, the body of an OTLP/HTTP error and <c>grpc-status-details-bin</c>.</summary>
    public static (string Message, TimeSpan? RetryAfter) ReadStatus(ReadOnlySpan<byte> status)
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
