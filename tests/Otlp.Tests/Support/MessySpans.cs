namespace SentryOtel.Otlp.Tests.Support;

/// <summary>
/// Requests whose records have ids of every kind, right and wrong, in the legal forms that no SDK uses, and now and then too many bytes, of their own, of
/// their resource or scope, or of events, which do not count.
/// </summary>
internal sealed class MessySpans(OtlpSignal signal, int seed)
{
    /// <summary>What counts as too large in these requests.</summary>
    public const int MaxBytes = 250;

    private readonly MessyWire _wire = new(new Random(seed), below16: null);

    public byte[] Request() => _wire.Message(Several(5, () => _wire.Bytes(1, Resource())));

    private byte[] Resource() => _wire.Message(
    [
        .. Several(2, () => _wire.Bytes(1, _wire.Message(Several(2, () => _wire.Bytes(1, _wire.Message(_wire.Bytes(1, Text(25)))))))),
        .. Several(3, () => _wire.Bytes(2, Scope())),
        .. Several(1, () => _wire.Bytes(3, "https://schema"u8)),
    ]);

    private byte[] Scope() => _wire.Message(
    [
        .. Several(1, () => _wire.Bytes(1, _wire.Message(_wire.Bytes(1, Text(30))))),
        .. Several(5, () => _wire.Bytes(2, Item())),
        .. Several(1, () => _wire.Bytes(3, "https://scope-schema"u8)),
    ]);

    private byte[] Item() => signal == OtlpSignal.Traces ? Span() : Log();

    private byte[] Span() => _wire.Message(
    [
        .. Id(1, 16, 95),
        .. Id(2, 8, 95),
        .. Id(4, 8, 40),
        .. Several(1, () => _wire.Bytes(5, Filler())),
        .. Several(_wire.Chance(20) ? 2 : 0, () => _wire.Fixed64(7)),
        .. Several(_wire.Chance(20) ? 2 : 0, () => _wire.Chance(80) ? _wire.Fixed64(8) : _wire.Mistyped(8)),
        .. Several(_wire.Chance(10) ? 2 : 0, () => _wire.Bytes(11, _wire.Message(_wire.Bytes(2, Filler())))),
        .. Several(_wire.Chance(20) ? 2 : 0, () => _wire.Bytes(13, _wire.Message([.. Id(1, 16, 97), .. Id(2, 8, 97)]))),
    ]);

    private byte[] Log() => _wire.Message([.. Id(9, 16, 60), .. Id(10, 8, 60), .. Several(1, () => _wire.Bytes(3, Filler()))]);

    private byte[][] Id(int number, int bytes, int percent) =>
    [
        .. _wire.Chance(5) ? [_wire.Bytes(number, IdBytes(bytes))] : Array.Empty<byte[]>(),
        .. _wire.Chance(percent) ? [_wire.Bytes(number, IdBytes(bytes))] : Array.Empty<byte[]>(),
        .. _wire.Chance(3) ? [_wire.Mistyped(number)] : Array.Empty<byte[]>(),
    ];

    private byte[] IdBytes(int bytes) => _wire.Random.Next(40) switch
    {
        0 => new byte[bytes],
        1 => _wire.RandomBytes(bytes - 1),
        2 => _wire.RandomBytes(bytes + 1),
        3 => [],
        4 => [.. new byte[bytes - 1], 1],
        _ => _wire.RandomBytes(bytes),
    };

    private byte[] Filler() => Text(_wire.Chance(10) ? MaxBytes + 20 : _wire.Random.Next(130));

    private byte[] Text(int length) => [.. _wire.RandomBytes(length).Select(value => (byte)(value & 0x7F))];

    private List<byte[]> Several(int most, Func<byte[]> make) => [.. Enumerable.Range(0, _wire.Random.Next(most + 1)).Select(_ => make())];
}
