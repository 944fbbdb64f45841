using System.Buffers;
using System.Text;

namespace SentryOtel.Otlp.Grpc;

/// <summary>The form of <c>grpc-message</c>: UTF-8, percent-encoded outside printable ASCII (gRPC over HTTP/2 specification, "Status-Message").</summary>
internal static class GrpcMessageEncoding
{
    // Printable ASCII without '%'.
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        [.. Enumerable.Range(0x20, 0x7F - 0x20).Select(code => (char)code).Where(character => character != '%')]);

    public static string Encode(string message)
    {
        if (!message.AsSpan().ContainsAnyExcept(Plain))
        {
            return message;
        }

        var encoded = new StringBuilder(message.Length * 2);
        foreach (var octet in Encoding.UTF8.GetBytes(message))
        {
            if (Plain.Contains((char)octet))
            {
                encoded.Append((char)octet);
            }
            else
            {
                encoded.Append('%').Append(Convert.ToHexString([octet]));
            }
        }

        return encoded.ToString();
    }
}
