using System.Text;
using SentryOtel.Gateway.Sending;
using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Gateway.Forwarding;

/// <summary>What an OTLP server's answer means for its client (OTLP specification 1.11, "Failures" and "Partial Success").</summary>
internal static class ForwardAnswers
{
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
}
