using System.Text;
using OpenTelemetry.Proto.Common.V1;
using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Tests.Support;

namespace SentryOtel.Otlp.Tests.Slicing;

public sealed class ScannerPropertyTests
{
    [Fact]
    public void Scan_finds_the_records_counts_and_routes_that_a_decoder_finds() => Seeds.ForEach(2000, (signal, seed) =>
    {
        var request = MessyRequest.Generate(signal, seed);

        var found = Scan(signal, request);

        var expected = Oracle.Records(signal, request);
        Assert.Equal(expected.Select(record => record.Items), found.Select(record => record.Items));
        foreach (var (record, oracle) in found.Zip(expected))
        {
            AssertRoute(oracle.Value, record.Route, request);
        }
    });

    [Fact]
    public void Each_record_is_a_request_of_its_own_and_together_they_are_the_request() => Seeds.ForEach(1000, (signal, seed) =>
    {
        var request = MessyRequest.Generate(signal, seed);

        var records = Scan(signal, request);

        var alone = records.SelectMany(record => Oracle.Records(signal, request[record.Offset..(record.Offset + record.Length)]));
        Assert.Equal(Oracle.Records(signal, request), alone);
    });

    [Fact]
    public void Slices_put_together_again_are_the_request_without_its_empty_records() => Seeds.ForEach(1000, (signal, seed) =>
    {
        var request = MessyRequest.Generate(signal, seed);
        var slices = new List<RequestSlice>();

        var result = new RequestSlicer(MessyRequest.RoutingKey).Slice(signal, request, slices);

        var expected = Oracle.Records(signal, request);
        Assert.Equal((expected.Count, expected.Sum(record => record.Items)), (result.Records, result.Items));
        Assert.Equal(result.Items, slices.Sum(slice => slice.Items));
        Assert.All(slices, slice => Assert.True(slice.Items > 0));
        var together = slices.SelectMany(slice => slice.In(request).ToArray()).ToArray();
        Assert.Equal(
            expected.Where(record => record.Items > 0),
            Oracle.Records(signal, together).Where(record => record.Items > 0));
        Assert.Equal(Oracle.Items(signal, request), Oracle.Items(signal, together));
        AssertHomogeneous(signal, request, slices);
    });

    private static List<ResourceRecord> Scan(OtlpSignal signal, byte[] request)
    {
        var records = new List<ResourceRecord>();
        var scanner = new ResourceScanner(signal, request, Encoding.UTF8.GetBytes(MessyRequest.RoutingKey));
        while (scanner.MoveNext())
        {
            records.Add(scanner.Current);
        }

        Assert.False(scanner.Error.IsError, scanner.Error.ToString());
        return records;
    }

    private static void AssertHomogeneous(OtlpSignal signal, byte[] request, List<RequestSlice> slices)
    {
        foreach (var slice in slices)
        {
            Assert.All(Oracle.Records(signal, slice.In(request).ToArray()), record => AssertRoute(record.Value, slice.Route, request));
        }
    }

    private static void AssertRoute(AnyValue? expected, RoutingValue found, byte[] request)
    {
        var routed = new RoutingValueDecoder().Decode(found, request);
        switch (expected?.ValueCase)
        {
            case null or AnyValue.ValueOneofCase.None:
                Assert.Equal(RoutingValueKind.Missing, found.Kind);
                Assert.Null(routed);
                break;
            case AnyValue.ValueOneofCase.StringValue when expected.StringValue.Contains('\uFFFD', StringComparison.Ordinal):
                Assert.Equal(RoutingValueKind.InvalidUtf8, found.Kind);
                Assert.Null(routed);
                break;
            case AnyValue.ValueOneofCase.StringValue:
                Assert.Equal(expected.StringValue, routed);
                break;
            case AnyValue.ValueOneofCase.BoolValue:
                Assert.Equal(expected.BoolValue ? "true" : "false", routed);
                break;
            case AnyValue.ValueOneofCase.IntValue:
                Assert.Equal($"{expected.IntValue}", routed);
                break;
            default:
                Assert.Equal(RoutingValueKind.Unroutable, found.Kind);
                Assert.Null(routed);
                break;
        }
    }
}
