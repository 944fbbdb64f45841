using System.Buffers;

namespace SentryOtel.Gateway.Receiving.SharedPort;

/// <summary>Tells HTTP/2 with prior knowledge from HTTP/1.1 by the first bytes (RFC 9113, 3.4): no method of HTTP/1.1 is PRI.</summary>
internal static class Http2Preface
{
    private static ReadOnlySpan<byte> FirstLine => "PRI * HTTP/2.0\r\n"u8;

    /// <summary>True for HTTP/2, false for anything else, null while too few bytes have come.</summary>
    public static bool? IsHttp2(ReadOnlySequence<byte> received)
    {
        Span<byte> start = stackalloc byte[FirstLine.Length];
        var length = (int)Math.Min(received.Length, start.Length);
        received.Slice(0, length).CopyTo(start);
        return !FirstLine.StartsWith(start[..length]) ? false : length == start.Length ? true : null;
    }
}
