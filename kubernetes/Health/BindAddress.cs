using System.Globalization;
using System.Net;

namespace SentryOtel.Kubernetes.Health;

/// <summary>
/// Where a server listens, in Go's notation: ":8081" (all addresses), "127.0.0.1:0" (any free port), "[::1]:8081".
/// "0" or an empty text means: do not listen.
/// </summary>
public static class BindAddress
{
    /// <summary>Reads a bind address; null means that nothing shall listen.</summary>
    /// <exception cref="FormatException">Not an address; the message names it and the cure.</exception>
    public static IPEndPoint? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text is "" or "0")
        {
            return null;
        }

        var colon = text.LastIndexOf(':');
        var host = colon < 0 ? null : text[..colon];
        if (host is null || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            throw Malformed(text);
        }

        // An empty host is Go's "every address", IPv6 included where the machine has it.
        var address = host.Length == 0
            ? (System.Net.Sockets.Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any)
            : IPAddress.TryParse(host.Trim('[', ']'), out var parsed) ? parsed : throw Malformed(text);
        return new IPEndPoint(address, port);
    }

    private static FormatException Malformed(string text) =>
        new($"'{text}' is not a bind address; write an IP address and a port such as ':8081', '127.0.0.1:8081' or '[::1]:8081', or '0' for none.");
}
