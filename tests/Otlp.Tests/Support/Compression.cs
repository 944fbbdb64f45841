using System.IO.Compression;

namespace SentryOtel.Otlp.Tests.Support;

internal static class Compression
{
    public static byte[] Gzip(byte[] bytes) => Encode(bytes, output => new GZipStream(output, CompressionLevel.Fastest));

    public static byte[] Deflate(byte[] bytes) => Encode(bytes, output => new ZLibStream(output, CompressionLevel.Fastest));

    public static byte[] Brotli(byte[] bytes) => Encode(bytes, output => new BrotliStream(output, CompressionLevel.Fastest));

    private static byte[] Encode(byte[] bytes, Func<Stream, Stream> open)
    {
        using var output = new MemoryStream();
        using (var encoder = open(output))
        {
            encoder.Write(bytes);
        }

        return output.ToArray();
    }
}
