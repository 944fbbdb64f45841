using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using SentryOtel.Otlp.Checking;
using SentryOtel.Otlp.Tests.Support;

namespace SentryOtel.Otlp.Tests.Checking;

/// <summary>The check against what Google.Protobuf decodes, with Relay's rules written down a second time on decoded messages.</summary>
public sealed class RecordCheckPropertyTests
{
    private static readonly RecordLimits Limits = new(MessySpans.MaxBytes, MessySpans.MaxBytes);

    [Fact]
    public void What_is_left_is_what_an_oracle_keeps_and_the_rest_is_counted() => ForEach(2000, (signal, seed) =>
    {
        var request = new MessySpans(signal, seed).Request();
        var all = Oracle.Items(signal, request).Count;
        var expected = Oracle.Parse(signal, request);
        var (invalid, untimely, large, bytesLost) = RemoveBad(signal, request, expected);

        var check = RecordCheck.Check(signal, request, Limits);
        var bytes = request.ToArray();
        var left = RecordCheck.Cut(signal, bytes, Limits);

        Assert.False(check.Error.IsError, check.Error.ToString());
        Assert.Equal((invalid, untimely, large), (check.InvalidIds, check.InvalidTimes, check.TooLarge));
        Assert.Equal(bytesLost, check.InvalidIdBytes + check.InvalidTimeBytes + check.TooLargeBytes);
        Assert.Equal(Oracle.Items(expected), Oracle.Items(signal, bytes[..left]));
        Assert.Equal(all, check.Refused + Oracle.Items(signal, bytes[..left]).Count);
        Assert.Equal(0, RecordCheck.Check(signal, bytes.AsSpan(0, left), Limits).Refused);
        Assert.True(left <= request.Length);
        if (check.Refused == 0)
        {
            Assert.Equal(request, bytes[..left]);
        }
    });

    [Fact]
    public void Whatever_bytes_come_the_check_says_an_error_or_an_oracle_can_read_what_it_read() => ForEach(2000, (signal, seed) =>
    {
        var random = new Random(seed);
        var request = new MessySpans(signal, seed).Request();
        for (var hit = 0; hit < 3 && request.Length > 0; hit++)
        {
            request[random.Next(request.Length)] ^= (byte)(1 << random.Next(8));
        }

        var check = RecordCheck.Check(signal, request, Limits);
        if (!check.Error.IsError)
        {
            var bytes = request.ToArray();
            var left = RecordCheck.Cut(signal, bytes, Limits);
            var again = RecordCheck.Check(signal, bytes.AsSpan(0, left), Limits);
            Assert.Equal((false, 0), (again.Error.IsError, again.Refused));
        }
    });

    private static void ForEach(int count, Action<OtlpSignal, int> check) => Seeds.ForEach(count, check, OtlpSignal.Traces, OtlpSignal.Logs);

    // The size counts as it came: what a record weighs when it is encoded again says nothing about overlong forms and unknown fields.
    private static (int Invalid, int Untimely, int Large, long Bytes) RemoveBad(OtlpSignal signal, byte[] request, IMessage decoded)
    {
        var sizes = new Queue<(int AtSentry, int Bytes)>(ItemSizes(signal, request));
        var (invalid, untimely, large, bytes) = (0, 0, 0, 0L);
        if (decoded is ExportTraceServiceRequest traces)
        {
            foreach (var scope in traces.ResourceSpans.SelectMany(resource => resource.ScopeSpans))
            {
                var bad = scope.Spans.Where(span => !Keeps(span, sizes.Dequeue())).ToList();
                bad.ForEach(span => RemoveByReference(scope.Spans, span));
            }
        }
        else if (decoded is ExportLogsServiceRequest logs)
        {
            foreach (var scope in logs.ResourceLogs.SelectMany(resource => resource.ScopeLogs))
            {
                var bad = scope.LogRecords.Where(_ => !Keeps(null, sizes.Dequeue())).ToList();
                bad.ForEach(record => RemoveByReference(scope.LogRecords, record));
            }
        }

        Assert.Empty(sizes);
        return (invalid, untimely, large, bytes);

        bool Keeps(Span? span, (int AtSentry, int Bytes) size)
        {
            var isLarge = size.AtSentry > MessySpans.MaxBytes;
            var valid = span is null || (span.TraceId.Length == 16 && span.TraceId.Any(value => value != 0)
                && IsSpanId(span.SpanId)
                && (span.ParentSpanId.IsEmpty || IsSpanId(span.ParentSpanId))
                && span.Links.All(link => link.TraceId.Length == 16 && IsSpanId(link.SpanId)));
            var timely = span is null || unchecked((long)span.StartTimeUnixNano <= (long)span.EndTimeUnixNano);
            large += isLarge ? 1 : 0;
            invalid += !isLarge && !valid ? 1 : 0;
            untimely += !isLarge && valid && !timely ? 1 : 0;
            bytes += isLarge || !valid || !timely ? size.Bytes : 0;
            return !isLarge && valid && timely;
        }
    }

    private static void RemoveByReference<T>(Google.Protobuf.Collections.RepeatedField<T> items, T item)
        where T : class
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (ReferenceEquals(items[i], item))
            {
                items.RemoveAt(i);
                return;
            }
        }
    }

    private static bool IsSpanId(ByteString id) => id.Length == 8 && id.Any(value => value != 0);

    // Field 2 of field 2 of field 1, with the attributes of the resource, with the scope, without events; read by Google.Protobuf's own reader.
    private static IEnumerable<(int AtSentry, int Bytes)> ItemSizes(OtlpSignal signal, byte[] request) =>
        from resource in Fields(request, 1)
        let attributes = Fields(resource.Value, 1).Sum(each => Bytes(each.Value, 1))
        from scope in Fields(resource.Value, 2)
        let copied = attributes + Bytes(scope.Value, 1)
        from item in Fields(scope.Value, 2)
        let events = signal == OtlpSignal.Traces ? Bytes(item.Value, 11) : 0
        select (item.Value.Length + copied - events, item.Bytes);

    private static int Bytes(byte[] message, int number) => Fields(message, number).Sum(field => field.Bytes);

    private static List<(byte[] Value, int Bytes)> Fields(byte[] message, int number)
    {
        var found = new List<(byte[], int)>();
        var input = new CodedInputStream(message);
        for (var start = 0L; input.ReadTag() is not 0 and var tag; start = input.Position)
        {
            if (tag == WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited))
            {
                var value = input.ReadBytes().ToByteArray();
                found.Add((value, (int)(input.Position - start)));
            }
            else
            {
                input.SkipLastField();
            }
        }

        return found;
    }
}
