using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;

namespace SentryOtel.Otlp.Tests.Support;

/// <summary>Generates valid Export requests in unusual forms: split resources, values before keys, repeated oneof members, empty envelopes.</summary>
internal sealed class MessyRequest
{
    public const string RoutingKey = "service.name";

    private static readonly string[] Services = ["orders", "cart", "søk", "", "a-rather-long-service-name-of-more-than-one-byte-length"];

    private readonly MessyWire _wire;
    private readonly OtlpSignal _signal;

    private MessyRequest(OtlpSignal signal, int seed)
    {
        _signal = signal;
        _wire = new MessyWire(new Random(seed));
    }

    public static byte[] Generate(OtlpSignal signal, int seed) => new MessyRequest(signal, seed).Request();

    private byte[] Request() => _wire.Message(Several(6, () => _wire.Bytes(1, Record())));

    private byte[] Record() => _wire.Message(
    [
        .. Several(2, () => _wire.Bytes(1, Resource())),
        .. Several(3, () => _wire.Bytes(2, Scope())),
        .. Several(1, () => _wire.Bytes(3, "https://schema"u8)),
        .. Sometimes(10, () => _wire.Mistyped(2)),
    ]);

    private byte[] Resource() => _wire.Message(
    [
        .. Several(4, () => _wire.Bytes(1, Attribute())),
        .. Sometimes(20, () => _wire.Number(2, 7)),
        .. Sometimes(10, () => _wire.Mistyped(1)),
    ]);

    private byte[] Attribute() => _wire.Message(
    [
        .. Sometimes(15, () => _wire.Bytes(1, Key())),
        .. Sometimes(95, () => _wire.Bytes(1, Key())),
        .. Sometimes(15, () => _wire.Bytes(2, Value())),
        .. Sometimes(95, () => _wire.Bytes(2, Value())),
        .. Sometimes(10, () => _wire.Mistyped(2)),
    ]);

    private ReadOnlySpan<byte> Key() => _wire.Chance(70) ? "service.name"u8 : "host.name"u8;

    private byte[] Value() => _wire.Message([.. Sometimes(10, Member), .. Sometimes(95, Member)]);

    private byte[] Member() => _wire.Random.Next(12) switch
    {
        0 => _wire.Number(2, (ulong)_wire.Random.Next(3)),
        1 => _wire.Number(3, unchecked((ulong)_wire.Random.NextInt64(-5, 5))),
        2 => _wire.Fixed64(4),
        3 => _wire.Bytes(5, new ArrayValue { Values = { new AnyValue { StringValue = "x" } } }.ToByteArray()),
        4 => _wire.Bytes(6, new KeyValueList().ToByteArray()),
        5 => _wire.Bytes(7, _wire.RandomBytes(3)),
        6 => _wire.Bytes(1, [0x61, 0xFF, 0x62]),
        7 => _wire.Mistyped(1),
        _ => _wire.Bytes(1, Encoding.UTF8.GetBytes(Services[_wire.Random.Next(Services.Length)])),
    };

    private byte[] Scope() => _wire.Message(
    [
        .. Several(2, () => _wire.Bytes(1, new InstrumentationScope { Name = $"scope {_wire.Random.Next(10)}" }.ToByteArray())),
        .. Several(5, () => _wire.Bytes(2, Item())),
        .. Sometimes(20, () => _wire.Bytes(3, "https://scope-schema"u8)),
        .. Sometimes(10, () => _wire.Mistyped(2)),
    ]);

    private byte[] Item() => _signal switch
    {
        OtlpSignal.Traces => new Span
        {
            TraceId = ByteString.CopyFrom(_wire.RandomBytes(16)),
            SpanId = ByteString.CopyFrom(_wire.RandomBytes(8)),
            Name = new string('n', _wire.Random.Next(200)),
        }.ToByteArray(),
        OtlpSignal.Logs => new LogRecord { Body = new AnyValue { StringValue = $"line {_wire.Random.Next()}" } }.ToByteArray(),
        _ => Metric(),
    };

    private byte[] Metric()
    {
        int[] kinds = [5, 7, 9, 10, 11];
        return _wire.Message(
        [
            _wire.Bytes(1, "requests"u8),
            .. Several(2, () => _wire.Bytes(kinds[_wire.Random.Next(kinds.Length)], DataPoints())),
        ]);
    }

    private byte[] DataPoints() => _wire.Message(Several(3, () => _wire.Bytes(1, [])));

    private List<byte[]> Several(int most, Func<byte[]> make) =>
        [.. Enumerable.Range(0, _wire.Random.Next(most + 1)).Select(_ => make())];

    private byte[][] Sometimes(int percent, Func<byte[]> make) => _wire.Chance(percent) ? [make()] : [];
}
