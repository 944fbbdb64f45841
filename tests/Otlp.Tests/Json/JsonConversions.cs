using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Otlp.Json;
using SentryOtel.Otlp.Tests.Support;

namespace SentryOtel.Otlp.Tests.Json;

/// <summary>Conversions that must succeed, and what goes into them.</summary>
internal static class JsonConversions
{
    /// <summary>Protobuf's own JSON writes ids as base64, which OTLP does not take: without them it is OTLP.</summary>
    public static IMessage WithoutIds(IMessage message)
    {
        if (message is ExportTraceServiceRequest traces)
        {
            foreach (var span in traces.ResourceSpans.SelectMany(record => record.ScopeSpans).SelectMany(scope => scope.Spans))
            {
                (span.TraceId, span.SpanId) = (ByteString.Empty, ByteString.Empty);
            }
        }

        return message;
    }

    /// <summary>The request that the JSON becomes.</summary>
    public static T Convert<T>(OtlpSignal signal, string json)
        where T : IMessage<T>, new() => new MessageParser<T>(() => new T()).ParseFrom(ToProtobuf(signal, json));

    /// <summary>The same, as bytes.</summary>
    public static byte[] ToProtobuf(OtlpSignal signal, string json)
    {
        var output = new GrowingBuffer();
        var conversion = OtlpJson.Convert(signal, Encoding.UTF8.GetBytes(json), output);
        Assert.Null(conversion.Error);
        Assert.True(conversion.IsSuccess);
        return output.Written;
    }
}
