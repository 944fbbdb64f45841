using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Ingest;

/// <summary>
/// Reads and decompresses a body within the size limit. gzip, deflate (zlib wrapped) and br are decoded. Relay decodes zstd
/// too; this server answers it with 415, since .NET 10 has no decoder for it.
/// </summary>
internal static class IngestBody
{
    public static async Task<(byte[]? Body, IngestRefusal? Refusal)> ReadAsync(HttpRequest request, Modes modes, CancellationToken cancellationToken)
    {
        var encoding = request.Headers.ContentEncoding.ToString().Trim().ToLowerInvariant();
        Stream? stream = encoding switch
        {
            "" or "identity" or "utf-8" => request.Body,
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
            "deflate" => new ZLibStream(request.Body, CompressionMode.Decompress),
            "br" => new BrotliStream(request.Body, CompressionMode.Decompress),
            _ => null,
        };
        if (stream is null)
        {
            return (null, new IngestRefusal(415, $"unsupported content encoding: {encoding}", "content_encoding"));
        }

        if (ReferenceEquals(stream, request.Body) && request.ContentLength > modes.MaxBodyBytes)
        {
            return (null, IngestRefusal.TooLarge(modes));
        }

        try
        {
            return await ReadBoundedAsync(stream, modes.MaxBodyBytes, cancellationToken) is { } body ? (body, null) : (null, IngestRefusal.TooLarge(modes));
        }
        catch (InvalidDataException)
        {
            return (null, new IngestRefusal(400, $"failed to decode the {encoding} body", "content_encoding"));
        }
    }

    private static async Task<byte[]?> ReadBoundedAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await stream.ReadAsync(chunk, cancellationToken) is var read and > 0)
        {
            if (body.Length + read > limit)
            {
                return null;
            }

            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }
}
