using System.Buffers.Binary;
using System.Text;

namespace SentryOtel.Gateway.Tests.Receiving;

/// <summary>A frame of HTTP/2 (RFC 9113, 4.1).</summary>
internal sealed record Http2Frame(int Type, int Flags, int Stream, byte[] Payload)
{
    /// <summary>HEADERS and DATA: nothing follows on this stream.</summary>
    public bool IsEnd => Type is 0 or 1 && (Flags & 1) != 0;

    /// <summary>The four bytes at a place of the payload as a number.</summary>
    public int Number(int at) => BinaryPrimitives.ReadInt32BigEndian(Payload.AsSpan(at));

    /// <summary>The value of one setting of a SETTINGS frame; null when it is not in it.</summary>
    public int? Setting(int identifier)
    {
        for (var at = 0; at + 6 <= Payload.Length; at += 6)
        {
            if (BinaryPrimitives.ReadInt16BigEndian(Payload.AsSpan(at)) == identifier)
            {
                return Number(at + 2);
            }
        }

        return null;
    }
}

/// <summary>A client that opens streams without asking whether it may, which no library does.</summary>
internal sealed class Http2Client(Stream connection) : IAsyncDisposable
{
    private const int Data = 0;
    private const int Headers = 1;
    private const int Settings = 4;
    private const int EndStream = 1;
    private const int EndHeaders = 4;

    public async Task StartAsync()
    {
        await connection.WriteAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await WriteAsync(new Http2Frame(Settings, 0, 0, []));
    }

    /// <summary>The head of a gRPC call. Indexed fields of the static table of HPACK (RFC 7541), the others literally.</summary>
    public Task CallAsync(int stream, string path)
    {
        byte[] head = [0x83, 0x86, 0x04, .. Text(path), 0x01, .. Text("localhost"), 0x00, .. Text("content-type"), .. Text("application/grpc"), 0x00, .. Text("te"), .. Text("trailers")];
        return WriteAsync(new Http2Frame(Headers, EndHeaders, stream, head));
    }

    /// <summary>All of a call's body.</summary>
    public Task FinishAsync(int stream, byte[] body) => WriteAsync(new Http2Frame(Data, EndStream, stream, body));

    /// <summary>The next frame that is looked for; others are passed over.</summary>
    public async Task<Http2Frame> ReadAsync(Func<Http2Frame, bool> wanted)
    {
        var head = new byte[9];
        while (true)
        {
            await connection.ReadExactlyAsync(head, TestContext.Current.CancellationToken);
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await connection.ReadExactlyAsync(payload, TestContext.Current.CancellationToken);
            var frame = new Http2Frame(head[3], head[4], BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(5)), payload);
            if (wanted(frame))
            {
                return frame;
            }
        }
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private async Task WriteAsync(Http2Frame frame)
    {
        var bytes = new byte[9 + frame.Payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, frame.Payload.Length << 8);
        (bytes[3], bytes[4]) = ((byte)frame.Type, (byte)frame.Flags);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(5), frame.Stream);
        frame.Payload.CopyTo(bytes, 9);
        await connection.WriteAsync(bytes, TestContext.Current.CancellationToken);
    }
}
