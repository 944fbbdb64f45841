using System.Buffers.Binary;
using System.IO.Compression;

namespace SentryOtel.Benchmarks.Load;

/// <summary>
/// The bodies of a scenario as files. There are several, all different: the same one over and over would compress to nothing in a batch.
/// </summary>
internal sealed class Payload
{
    private const int Bodies = 16;

    public Payload(Scenario scenario, string folder)
    {
        Directory.CreateDirectory(folder);
        Files = [.. Enumerable.Range(0, Bodies).Select(number =>
        {
            var request = scenario.Request(number);
            var body = scenario.IsGzip ? Compress(request) : request;
            PlainBytes = request.Length;
            WireBytes = body.Length;
            var file = Path.Combine(folder, $"{scenario.Name}-{number}.bin");
            File.WriteAllBytes(file, scenario.IsGrpc ? Frame(body, scenario.IsGzip) : body);
            return file;
        })];
    }

    public IReadOnlyList<string> Files { get; }

    /// <summary>Of one request.</summary>
    public int PlainBytes { get; private set; }

    /// <summary>Of one request, as sent.</summary>
    public int WireBytes { get; private set; }

    /// <summary>As an SDK compresses: gzip at zlib's usual level.</summary>
    public static byte[] Compress(byte[] body, CompressionLevel level = CompressionLevel.Optimal)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, level))
        {
            gzip.Write(body);
        }

        return output.ToArray();
    }

    /// <summary>A gRPC message with its prefix.</summary>
    public static byte[] Frame(byte[] message, bool isCompressed)
    {
        var frame = new byte[message.Length + 5];
        frame[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }
}
