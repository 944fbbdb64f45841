using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using SentryOtel.Otlp.Slicing;
using SentryOtel.Otlp.Tests.Support;
using SentryOtel.Otlp.Wire;
using SentryOtel.Testing;

namespace SentryOtel.Otlp.Tests.Slicing;

public sealed class RequestSlicerTests
{
    private static readonly RequestSlicer Slicer = new("service.name");

    [Fact]
    public void A_request_of_one_service_is_one_slice_of_all_its_bytes()
    {
        var request = Requests.Traces(Requests.Record("orders", 2), Requests.Record("orders", 3));

        var slices = Slice(request);

        var only = Assert.Single(slices);
        Assert.Equal((0, request.Length, 5), (only.Offset, only.Length, only.Items));
        Assert.Equal("orders", Decode(only, request));
    }

    [Fact]
    public void Neighbours_of_the_same_service_share_a_slice_and_order_is_kept()
    {
        var request = Requests.Traces(
            Requests.Record("a", 1), Requests.Record("a", 1), Requests.Record("b", 1), Requests.Record("a", 1));

        var slices = Slice(request);

        Assert.Equal(["a", "b", "a"], slices.Select(slice => Decode(slice, request)));
        Assert.Equal([2, 1, 1], slices.Select(slice => slice.Items));
    }

    [Fact]
    public void A_record_without_items_makes_no_slice_and_joins_only_its_own_service()
    {
        var request = Requests.Traces(
            Requests.Record("a", 1), Requests.Record("a", 0), Requests.Record("b", 0), Requests.Record("b", 1), new ResourceSpans());

        var slices = Slice(request);

        Assert.Equal(["a", "b"], slices.Select(slice => Decode(slice, request)));
        Assert.Equal([2, 1], slices.Select(slice => Oracle.Records(OtlpSignal.Traces, slice.In(request).ToArray()).Count));
    }

    [Fact]
    public void An_empty_request_is_valid_and_has_no_slices()
    {
        var slices = new List<RequestSlice>();

        var result = Slicer.Slice(OtlpSignal.Logs, [], slices);

        Assert.Equal(new SliceResult(OtlpError.None, 0, 0), result);
        Assert.Empty(slices);
    }

    [Fact]
    public void Of_attributes_with_the_same_key_the_first_counts()
    {
        var request = Requests.Traces(Requests.Record(
            [Requests.Attribute("service.name", Requests.Text("first")), Requests.Attribute("service.name", Requests.Text("second"))], 1));

        Assert.Equal("first", Decode(Assert.Single(Slice(request)), request));
    }

    [Fact]
    public void Strings_bools_and_integers_route_and_other_values_do_not()
    {
        AnyValue?[] values =
        [
            Requests.Text("text"),
            new AnyValue { BoolValue = true },
            new AnyValue { IntValue = -42 },
            new AnyValue { DoubleValue = 1.5 },
            new AnyValue { BytesValue = Google.Protobuf.ByteString.CopyFromUtf8("bytes") },
            new AnyValue { ArrayValue = new ArrayValue() },
            new AnyValue { KvlistValue = new KeyValueList() },
            new AnyValue { StringValueStrindex = 3 },
            new AnyValue(),
            null,
        ];

        var kinds = new List<(RoutingValueKind Kind, string? Routed)>();
        foreach (var value in values)
        {
            var request = Requests.Traces(Requests.Record([Requests.Attribute("service.name", value)], 1));
            var slice = Assert.Single(Slice(request));
            kinds.Add((slice.Route.Kind, Decode(slice, request)));
        }

        Assert.Equal(
        [
            (RoutingValueKind.Text, "text"),
            (RoutingValueKind.Boolean, "true"),
            (RoutingValueKind.Integer, "-42"),
            (RoutingValueKind.Unroutable, null),
            (RoutingValueKind.Unroutable, null),
            (RoutingValueKind.Unroutable, null),
            (RoutingValueKind.Unroutable, null),
            (RoutingValueKind.Unroutable, null),
            (RoutingValueKind.Missing, null),
            (RoutingValueKind.Missing, null),
        ],
        kinds);
    }

    [Fact]
    public void A_request_cut_over_too_many_services_is_refused()
    {
        var request = Requests.Traces(Requests.Record("a", 1), Requests.Record("b", 1), Requests.Record("c", 1));
        var slices = new List<RequestSlice>();

        var result = new RequestSlicer("service.name", maxSlices: 2).Slice(OtlpSignal.Traces, request, slices);

        Assert.Equal(OtlpFault.TooManyResources, result.Error.Fault);
    }

    [Fact]
    public void A_malformed_record_refuses_the_whole_request()
    {
        byte[] request = [.. Requests.Traces(Requests.Record("a", 1)), 0x0A, 0x7F];
        var slices = new List<RequestSlice>();

        var result = Slicer.Slice(OtlpSignal.Traces, request, slices);

        Assert.Equal(new SliceResult(new OtlpError(OtlpFault.LengthBeyondEnd, request.Length - 1), 0, 0), result);
    }

    [Fact]
    public void Slicing_and_decoding_known_services_allocates_nothing()
    {
        var request = Requests.Traces(
            Requests.Record("a", 20, scopes: 2), Requests.Record("b", 20), Requests.Record([], 5), Requests.Record("c", 1));
        var slices = new List<RequestSlice>();
        var decoder = new RoutingValueDecoder();
        var (calls, items) = (0, 0);

        Assert.Equal(0, Allocations.Usual(1000, SliceAndDecode));
        Assert.Equal(66 * calls, items);

        void SliceAndDecode()
        {
            calls++;
            items += Slicer.Slice(OtlpSignal.Traces, request, slices).Items;
            foreach (var slice in slices)
            {
                decoder.Decode(slice.Route, request);
            }
        }
    }

    private static List<RequestSlice> Slice(byte[] request)
    {
        var slices = new List<RequestSlice>();
        var result = Slicer.Slice(OtlpSignal.Traces, request, slices);
        Assert.False(result.Error.IsError, result.Error.ToString());
        return slices;
    }

    private static string? Decode(RequestSlice slice, byte[] request) => new RoutingValueDecoder().Decode(slice.Route, request);
}
