using System.Globalization;
using SentryOtel.Otlp.Wire;

namespace SentryOtel.Otlp.Responses;

/// <summary>
/// Export{Trace,Logs,Metrics}ServiceResponse: what a client hears when its request was taken, wholly or in part
/// (OTLP 1.11 specification, "Full Success" and "Partial Success").
/// </summary>
/// <param name="Rejected">Spans, log records or data points that were not taken; the client must not send them again.</param>
/// <param name="Message">Why, or with nothing rejected a warning; empty when there is nothing to say.</param>
public sealed record ExportResponse(long Rejected, string Message)
{
    /// <summary>All of the request was taken: partial_success stays unset.</summary>
    public static ExportResponse Success { get; } = new(0, string.Empty);

    private bool IsFullSuccess => Rejected == 0 && Message.Length == 0;

    /// <summary>The protobuf encoding, the same for all three signals; empty for full success.</summary>
    public byte[] ToProtobuf()
    {
        if (IsFullSuccess)
        {
            return [];
        }

        var partialSuccess = new MessageBuilder();
        partialSuccess.AddVarint(1, (ulong)Rejected);
        partialSuccess.AddString(2, ResponseText.Shorten(Message));
        var response = new MessageBuilder();
        response.AddBytes(1, partialSuccess.ToArray());
        return response.ToArray();
    }

    /// <summary>The proto3 JSON encoding, UTF-8; the count's name depends on the signal.</summary>
    public byte[] ToJson(OtlpSignal signal) => ResponseText.Json(json =>
    {
        json.WriteStartObject();
        if (!IsFullSuccess)
        {
            json.WriteStartObject("partialSuccess"u8);
            var name = signal switch
            {
                OtlpSignal.Traces => "rejectedSpans",
                OtlpSignal.Logs => "rejectedLogRecords",
                _ => "rejectedDataPoints",
            };
            json.WriteString(name, Rejected.ToString(CultureInfo.InvariantCulture));
            json.WriteString("errorMessage"u8, ResponseText.Shorten(Message));
            json.WriteEndObject();
        }

        json.WriteEndObject();
    });
}
