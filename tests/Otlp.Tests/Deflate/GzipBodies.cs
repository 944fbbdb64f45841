using System.IO.Compression;
using FsCheck;
using FsCheck.Fluent;

namespace SentryOtel.Otlp.Tests.Deflate;

/// <summary>Bodies that compress in all ways, and every way to compress them that .NET has.</summary>
internal static class GzipBodies
{
    /// <summary>zlib's levels as .NET reaches them: each writes stored, fixed and dynamic blocks in other places.</summary>
    private static readonly ZLibCompressionOptions[] Options =
    [
        .. from level in Enumerable.Range(0, 10)
           from strategy in Enum.GetValues<ZLibCompressionStrategy>()
           select new ZLibCompressionOptions { CompressionLevel = level, CompressionStrategy = strategy },
    ];

    /// <summary>Noise, text, runs and repetitions, near and far, from nothing to some hundred KiB.</summary>
    public static Gen<byte[]> Bytes() =>
        from seed in Gen.Choose(0, int.MaxValue - 1)
        from pieces in Gen.Choose(0, 12)
        from scale in Gen.Elements(3, 40, 700, 20_000)
        select Make(new Random(seed), pieces, scale);

    /// <summary>A body and its gzip form.</summary>
    public static Gen<(byte[] Plain, byte[] Gzip)> Members() =>
        from plain in Bytes()
        from options in Gen.Elements(Options)
        from flushes in Gen.Choose(0, 3)
        select (plain, Compress(plain, options, flushes));

    public static byte[] Compress(byte[] plain, ZLibCompressionOptions options, int flushes = 0)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, options, leaveOpen: true))
        {
            // A flush ends a block where zlib would not.
            var step = Math.Max(1, (plain.Length / (flushes + 1)) + 1);
            foreach (var piece in plain.Chunk(step))
            {
                gzip.Write(piece);
                if (flushes > 0)
                {
                    gzip.Flush();
                }
            }
        }

        return output.Length > 0 ? output.ToArray() : EmptyMember();
    }

    /// <summary>The general decoder's opinion; null when it finds the body broken.</summary>
    public static byte[]? Decompress(byte[] gzip)
    {
        try
        {
            using var plain = new MemoryStream();
            using var decoder = new GZipStream(new MemoryStream(gzip), CompressionMode.Decompress);
            decoder.CopyTo(plain);
            return plain.ToArray();
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    // .NET writes nothing for nothing; other libraries write this.
    private static byte[] EmptyMember() => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static byte[] Make(Random random, int pieces, int scale)
    {
        var bytes = new List<byte>();
        for (var piece = 0; piece < pieces; piece++)
        {
            var length = random.Next(scale);
            switch (random.Next(4))
            {
                case 0:
                    var noise = new byte[length];
                    random.NextBytes(noise);
                    bytes.AddRange(noise);
                    break;
                case 1:
                    bytes.AddRange(Enumerable.Repeat((byte)random.Next(256), length));
                    break;
                case 2:
                    bytes.AddRange(Enumerable.Range(0, length).Select(_ => (byte)('a' + random.Next(6))));
                    break;
                default:
                    var distance = bytes.Count == 0 ? 0 : random.Next(1, Math.Min(bytes.Count, random.Next(2) == 0 ? 20 : 40_000) + 1);
                    for (var at = 0; at < length && distance > 0; at++)
                    {
                        bytes.Add(bytes[^distance]);
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
