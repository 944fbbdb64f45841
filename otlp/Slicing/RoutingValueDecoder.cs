using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace SentryOtel.Otlp.Slicing;

/// <summary>
/// Turns routing values into strings, and gives the same string for the same bytes, so that a service that reports
/// once a second costs one string in all. Thread-safe, bounded.
/// </summary>
/// <param name="capacity">Most strings remembered; when full, all are forgotten and learnt anew.</param>
public sealed class RoutingValueDecoder(int capacity = 4096)
{
    // Longer values are decoded each time, so that the memory is bounded in bytes as well.
    private const int MaxRememberedBytes = 256;

    private readonly ConcurrentDictionary<byte[], string> _known = new(new Utf8Comparer());

    /// <summary>The string to route by; null when the value is missing or names no project.</summary>
    /// <param name="value">A value found in <paramref name="request"/>.</param>
    /// <param name="request">The request's bytes.</param>
    public string? Decode(RoutingValue value, ReadOnlySpan<byte> request) => value.Kind switch
    {
        RoutingValueKind.Text => DecodeText(value.TextIn(request)),
        RoutingValueKind.Boolean => value.Number == 0 ? "false" : "true",
        RoutingValueKind.Integer => value.Number.ToString(CultureInfo.InvariantCulture),
        _ => null,
    };

    private string DecodeText(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxRememberedBytes)
        {
            return Encoding.UTF8.GetString(utf8);
        }

        if (_known.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(utf8, out var text))
        {
            return text;
        }

        if (_known.Count >= capacity)
        {
            _known.Clear();
        }

        return _known.GetOrAdd(utf8.ToArray(), Encoding.UTF8.GetString(utf8));
    }

    private sealed class Utf8Comparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode([DisallowNull] byte[] obj) => GetHashCode(obj.AsSpan());

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        // HashCode is seeded per process: names from the network can not be chosen to collide.
        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }
    }
}
