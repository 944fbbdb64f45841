using System.IO.Compression;

namespace SentryOtel.Otlp.Bodies;

/// <summary>How a body is compressed.</summary>
public enum ContentCoding
{
    /// <summary>Not at all.</summary>
    Identity,

    /// <summary>gzip (RFC 1952).</summary>
    Gzip,

    /// <summary>zlib (RFC 1950), which HTTP calls deflate.</summary>
    Deflate,

    /// <summary>Brotli (RFC 7932).</summary>
    Brotli,
}

/// <summary>Names and decoders of <see cref="ContentCoding"/>.</summary>
public static class ContentCodings
{
    /// <summary>For an <c>Accept-Encoding</c> or <c>grpc-accept-encoding</c> header.</summary>
    public const string Supported = "identity, gzip, deflate, br";

    /// <summary>Reads a <c>Content-Encoding</c> or <c>grpc-encoding</c> header; false for codings that are not here, and for several at once.</summary>
    public static bool TryParse(string? name, out ContentCoding coding)
    {
        var known = name?.Trim().ToUpperInvariant() switch
        {
            null or "" or "IDENTITY" => ContentCoding.Identity,
            "GZIP" or "X-GZIP" => ContentCoding.Gzip,
            "DEFLATE" => ContentCoding.Deflate,
            "BR" => ContentCoding.Brotli,
            _ => (ContentCoding?)null,
        };
        coding = known.GetValueOrDefault();
        return known is not null;
    }

    /// <summary>A stream of what <paramref name="encoded"/> decompresses to; leaves it open.</summary>
    internal static Stream Decode(this ContentCoding coding, Stream encoded) => coding switch
    {
        ContentCoding.Gzip => new GZipStream(encoded, CompressionMode.Decompress, leaveOpen: true),
        ContentCoding.Deflate => new ZLibStream(encoded, CompressionMode.Decompress, leaveOpen: true),
        ContentCoding.Brotli => new BrotliStream(encoded, CompressionMode.Decompress, leaveOpen: true),
        _ => throw new ArgumentOutOfRangeException(nameof(coding), coding, "An uncompressed body has no decoder."),
    };
}
