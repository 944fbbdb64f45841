using System.Text.Json;
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
    private const string BadRequestType = "type.googleapis.com/google.rpc.BadRequest";

    /// <summary>What of an invalid request is wrong, as a path; empty for all of it. Becomes a google.rpc.BadRequest detail, which OTLP asks for with every 400.</summary>
    public string Field { get; init; } = string.Empty;

    /// <summary>The protobuf encoding.</summary>
    public byte[] ToProtobuf()
    {
        var status = new MessageBuilder();
        status.AddVarint(1, (ulong)Code);
        status.AddString(2, ResponseText.Shorten(Message));
        if (RetryAfter is { } delay)
        {
            AddDetail(status, RetryInfoType, RetryInfo(delay));
        }

        if (Code == GrpcStatusCode.InvalidArgument)
        {
            AddDetail(status, BadRequestType, BadRequest());
        }

        return status.ToArray();
    }

    /// <summary>The proto3 JSON encoding, UTF-8.</summary>
    public byte[] ToJson() => ResponseText.Json(json =>
    {
        json.WriteStartObject();
        json.WriteNumber("code"u8, (int)Code);
        json.WriteString("message"u8, ResponseText.Shorten(Message));
        if (RetryAfter is not null || Code == GrpcStatusCode.InvalidArgument)
        {
            json.WriteStartArray("details"u8);
            WriteDetails(json);
            json.WriteEndArray();
        }

        json.WriteEndObject();
    });

    private void WriteDetails(Utf8JsonWriter json)
    {
        if (RetryAfter is { } delay)
        {
            json.WriteStartObject();
            json.WriteString("@type"u8, RetryInfoType);
            json.WriteString("retryDelay"u8, JsonDuration(delay));
            json.WriteEndObject();
        }

        if (Code == GrpcStatusCode.InvalidArgument)
        {
            json.WriteStartObject();
            json.WriteString("@type"u8, BadRequestType);
            json.WriteStartArray("fieldViolations"u8);
            json.WriteStartObject();
            json.WriteString("field"u8, Field);
            json.WriteString("description"u8, ResponseText.Shorten(Message));
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    private static void AddDetail(MessageBuilder status, string type, byte[] value)
    {
        var any = new MessageBuilder();
        any.AddString(1, type);
        any.AddBytes(2, value);
        status.AddBytes(3, any.ToArray());
    }

    // BadRequest { 1: FieldViolation { 1: field, 2: description } }
    private byte[] BadRequest()
    {
        var violation = new MessageBuilder();
        violation.AddString(1, Field);
        violation.AddString(2, ResponseText.Shorten(Message));
        var badRequest = new MessageBuilder();
        badRequest.AddBytes(1, violation.ToArray());
        return badRequest.ToArray();
    }

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
