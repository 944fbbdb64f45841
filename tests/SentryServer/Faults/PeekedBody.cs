using System.IO.Compression;
using Microsoft.AspNetCore.Http;

namespace SentryOtel.SentryServer.Faults;

/// <summary>Reads a body before anybody else does, and leaves it as if it had not been read.</summary>
internal static class PeekedBody
{
    /// <summary>The body after decompression; as it came when it can not be decompressed.</summary>
    public static async Task<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var copy = new MemoryStream();
        await request.Body.CopyToAsync(copy, cancellationToken);
        var wire = copy.ToArray();
        request.Body = new MemoryStream(wire);
        try
        {
            using var plain = new MemoryStream();
            using (Stream? decoder = request.Headers.ContentEncoding.ToString() switch
            {
                "gzip" => new GZipStream(new MemoryStream(wire), CompressionMode.Decompress),
                "deflate" => new ZLibStream(new MemoryStream(wire), CompressionMode.Decompress),
                "br" => new BrotliStream(new MemoryStream(wire), CompressionMode.Decompress),
                _ => null,
            })
            {
                if (decoder is null)
                {
                    return wire;
                }

                await decoder.CopyToAsync(plain, cancellationToken);
            }

            return plain.ToArray();
        }
        catch (InvalidDataException)
        {
            return wire;
        }
    }
}
