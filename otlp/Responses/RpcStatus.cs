using SentryOtel.Otlp.Grpc;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Responses;

/// <summary>
/// google.rpc.Status: the body of every OTLP/HTTP error and the details of a gRPC one
/// (OTLP 1.11 specification, "Failures" and "OTLP/gRPC Throttling").
/// </summary>
/// <param name="Code">What kind of failure.</param>
/// <param name="Message">A sentence for the person who reads the client's log.</param>
/// <param name="RetryAfter">When set, the client may retry after this long: becomes a google.rpc.RetryInfo detail.</param>
public sealed record RpcStatus(GrpcStatusCode Code, string Message, TimeSpan? RetryAfter = null)
{
    private const string RetryInfoType = "type.googleapis.com/google.rpc.RetryInfo";

    /// <summary>The protobuf encoding.</summary>
    public byte[] ToProtobuf()
    {
        var status = new MessageBuilder();
        status.AddVarint(1, (ulong)Code);
        status.AddString(2, ResponseText.Shorten(Message));
        if (RetryAfter is { } delay)
        {
            var any = new MessageBuilder();
            any.AddString(1, RetryInfoType);
            any.AddBytes(2, RetryInfo(delay));
            status.AddBytes(3, any.ToArray());
        }

        return status.ToArray();
    }

    /// <summary>The proto3 JSON encoding, UTF-8.</summary>
    public byte[] ToJson() => ResponseText.Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("code"u8, (int)Code);
        json.WriteString("message"u8, ResponseText.Shorten(Message));
        if (RetryAfter is { } delay)
        {
            json.WriteStartArray("details"u8);
            json.WriteStartObject();
            json.WriteString("@type"u8, RetryInfoType);
            json.WriteString("retryDelay"u8, JsonDuration(delay));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    // RetryInfo { 1: Duration { 1: seconds, 2: nanos } }; an empty field is the default and is left out.
    private static byte[] RetryInfo(TimeSpan delay)
    {
        var (seconds, nanoseconds) = Parts(delay);
        var duration = new MessageBuilder();
        duration.AddVarint(1, (ulong)seconds);
        duration.AddVarint(2, (ulong)nanoseconds);
        var retryInfo = new MessageBuilder();
        retryInfo.AddBytes(1, duration.ToArray());
        return retryInfo.ToArray();
    }

    private static string JsonDuration(TimeSpan delay)
    {
        var (seconds, nanoseconds) = Parts(delay);
        return nanoseconds == 0 ? $"{seconds}s" : $"{seconds}.{nanoseconds:D9}s";
    }

    private static (long Seconds, long Nanoseconds) Parts(TimeSpan delay)
    {
        var ticks = Math.Max(0, delay.Ticks);
        return (ticks / TimeSpan.TicksPerSecond, ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick);
    }
}
